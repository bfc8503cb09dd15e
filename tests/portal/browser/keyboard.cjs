// People in Chromium who have a keyboard only, at 320 pixels, each in a browser of their own.
// `play(main)` reads JSON from standard input, and writes what `main` says of it.
const { createHmac } = require("crypto");
const { chromium } = require("playwright-core");

const FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP = 30_000; // milliseconds that a code lasts
const SPARE = 10_000; // of them, what typing and sending one may take on a busy machine
const MOST = 120; // stops of a page

// What an authenticator app shows (RFC 6238).
function code(secret) {
  let bits = "";
  for (const one of secret) bits += LETTERS.indexOf(one).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((one) => parseInt(one, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP)));
  const made = createHmac("sha1", key).update(counter).digest();
  const at = made[19] & 15;
  return String((made.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// A code works once: wait for the next one.
const next = () => new Promise((done) => setTimeout(done, STEP - (Date.now() % STEP) + 500));

// Somebody who has a keyboard only.
async function somebody(browser, base) {
  const context = await browser.newContext({ viewport: { width: 320, height: 800 } });
  const tab = await context.newPage();
  const to = async (selector) => {
    await tab.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
    for (let stops = 0; stops < MOST; stops++) {
      await tab.keyboard.press("Tab");
      if (await tab.evaluate((one) => document.activeElement.matches(one), selector)) return;
    }
    throw new Error(`the keyboard does not reach ${selector} of ${tab.url()}`);
  };
  const write = async (selector, text) => {
    await to(selector);
    await tab.keyboard.press("Control+A");
    await tab.keyboard.type(text);
  };
  const choose = async (selector, text) => { await to(selector); await tab.keyboard.type(text); };
  const press = async (selector) => {
    await to(selector);
    await Promise.all([tab.waitForEvent("load"), tab.keyboard.press("Enter")]);
  };
  const send = () => press("main form.narrow button[type=submit]");
  const goto = (path) => tab.goto(path.startsWith("http") ? path : base + path);
  const accept = async (link, name, email, password) => {
    await goto(link);
    await write("#id_name", name);
    if (email) await write("#id_email", email);
    await write("#id_password", password);
    await send();
  };
  const giveCode = async (secret) => {
    await to("#id_code");
    if (STEP - (Date.now() % STEP) < SPARE) await next();
    await write("#id_code", code(secret));
    await send();
  };
  // What gives power or a key asks for the password again, if that was not done minutes ago.
  // Returns what that page says: to the eye, and of its button to who hears it.
  const confirm = async (password) => {
    if (!tab.url().includes("/reauthenticate/") || !await tab.locator("#id_password").count()) return null;
    const said = {
      title: await tab.title(),
      sees: await tab.locator("main").innerText(),
      hears: await tab.locator("main form.narrow button").evaluate((one) =>
        document.getElementById(one.getAttribute("aria-describedby")).textContent),
    };
    await write("#id_password", password);
    await send();
    return said;
  };
  const twoFactors = async (password) => {
    await goto("/account/2fa/totp/activate/");
    await confirm(password);
    const secret = await tab.locator("#authenticator_secret").inputValue();
    await giveCode(secret);
    return secret;
  };
  return { context, tab, write, choose, press, send, goto, accept, confirm, giveCode, twoFactors };
}

const sees = (one) => one.tab.locator("main").innerText();

async function withBrowser(asked, main) {
  const browser = await chromium.launch({ executablePath: asked.browser, args: FLAGS });
  try {
    return await main(browser, asked);
  } finally {
    await browser.close();
  }
}

function play(main) {
  let input = "";
  process.stdin.on("data", (piece) => input += piece);
  process.stdin.on("end", () => withBrowser(JSON.parse(input), main).then(
    (told) => console.log(JSON.stringify(told)),
    (error) => { console.error(error); process.exit(1); }));
}

module.exports = { next, play, sees, somebody };
