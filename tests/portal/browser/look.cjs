// Opens pages of a running portal in Chromium and says what is to be seen of them, as JSON.
// Standard input: {browser, base, pages, walk}. Nothing here judges: the Python tests do.
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const FLAGS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "section508"];
const NARROWEST = 320; // what 1280 pixels are at 400 % zoom
const TABS = 60; // the first so many stops of a page
const SPACED = // WCAG 1.4.12
  "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}" +
  "p{margin-bottom:2em!important}";

function listen(tab) {
  const said = [];
  tab.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
      said.push(message.text());
  });
  tab.on("pageerror", (error) => said.push(String(error)));
  return said;
}

// What reaches beyond the right edge of the page, and what a box cuts off.
function overflow() {
  const root = document.documentElement, wide = root.clientWidth;
  const scrolls = (one) => {
    for (let at = one; at && at !== document.body; at = at.parentElement)
      if (/(auto|scroll|hidden)/.test(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  const beyond = [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > wide + 1 && !scrolls(one))
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 120));
  return { sideways: root.scrollWidth - wide, beyond };
}

// Boxes that scroll, which the keyboard cannot reach.
function unreachable() {
  return [...document.querySelectorAll("*")].filter((one) => {
    const style = getComputedStyle(one);
    const wider = one.scrollWidth > one.clientWidth + 1 && /(auto|scroll)/.test(style.overflowX);
    return wider && one.clientWidth > 0 && one.tabIndex < 0 &&
      !one.querySelector("a[href],button,input,select");
  }).map((one) => one.outerHTML.slice(0, 120));
}

// Where the focus is, and whether somebody who looks can tell.
function focused() {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 40), 1), innerHeight - 2);
  const top = document.elementFromPoint(x, y);
  const rects = one.getClientRects();
  const inline = rects.length > 1 && [...rects].some((rect) => {
    const hit = document.elementFromPoint(rect.left + rect.width / 2, rect.top + rect.height / 2);
    return hit && (one.contains(hit) || hit.contains(one));
  });
  const all = [...document.querySelectorAll("*")];
  return {
    html: one.outerHTML.slice(0, 120),
    text: one.textContent.trim().slice(0, 60),
    order: all.indexOf(one),
    outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: inline || (!!top && (one.contains(top) || top.contains(one))),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}

async function axes(browser, url) {
  const looks = [];
  const tab = await browser.newPage({ bypassCSP: true, viewport: { width: 1280, height: 900 } });
  const answer = await tab.goto(url);
  await tab.evaluate(axe.source);
  for (const scheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme: scheme });
    await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => one.open = true));
    const result = await tab.evaluate(
      (values) => axe.run({ runOnly: { type: "tag", values } }), TAGS);
    const told = (several) => several.map(
      (one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
    looks.push({
      scheme, violations: told(result.violations),
      unsure: result.incomplete.flatMap(
        (one) => one.nodes.map((node) => `${one.id}: ${node.html}`)),
      passed: result.passes.map((one) => ({ id: one.id, tags: one.tags })),
    });
  }
  await tab.close();
  return { status: answer.status(), looks };
}

async function layouts(browser, url) {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const said = listen(tab);
  await tab.goto(url);
  const found = { wide: await tab.evaluate(overflow), unreachable: await tab.evaluate(unreachable) };
  await tab.setViewportSize({ width: NARROWEST, height: 900 });
  found.narrow = await tab.evaluate(overflow);
  found.unreachable.push(...await tab.evaluate(unreachable));
  await tab.close();
  const spaced = await browser.newPage(
    { bypassCSP: true, viewport: { width: NARROWEST, height: 900 } });
  await spaced.goto(url);
  await spaced.addStyleTag({ content: SPACED });
  found.spaced = await spaced.evaluate(overflow);
  await spaced.close();
  return { ...found, said };
}

async function keyboard(browser, url) {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await tab.emulateMedia({ reducedMotion: "reduce" }); // so that what scrolls is there at once
  await tab.goto(url);
  const stops = [];
  let ended = false;
  while (stops.length < TABS) {
    await tab.keyboard.press("Tab");
    const at = await tab.evaluate(focused);
    if (!at || (stops.length && at.order <= stops[0].order)) { ended = true; break; }
    stops.push(at);
  }
  await tab.goto(url);
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Enter");
  const skipped = await tab.evaluate(() => document.activeElement.id);
  await tab.close();
  return { stops, ended, skipped };
}

async function media(browser, url) {
  const tab = await browser.newPage();
  await tab.emulateMedia({ reducedMotion: "reduce" });
  await tab.goto(url);
  const moving = await tab.evaluate(() => [...document.querySelectorAll("*")].filter((one) => {
    const style = getComputedStyle(one);
    return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0 ||
      style.scrollBehavior === "smooth";
  }).map((one) => one.outerHTML.slice(0, 120)));
  await tab.emulateMedia({ reducedMotion: "no-preference", forcedColors: "active" });
  const bare = await tab.evaluate(() => [...document.querySelectorAll(".state,.tag,.cards>li")]
    .filter((one) => getComputedStyle(one).borderStyle === "none" || !one.textContent.trim())
    .map((one) => one.outerHTML.slice(0, 120)));
  await tab.keyboard.press("Tab");
  const outline = await tab.evaluate(focused);
  await tab.close();
  return { moving, bare, outline };
}

// Whoever has only a keyboard, and a browser without JavaScript: find a product by a filter.
async function without(browser, base) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const tab = await context.newPage();
  await tab.goto(`${base}/products/`);
  await tab.locator("#id_q").focus();
  await tab.keyboard.type("answers");
  await tab.keyboard.press("Enter");
  await tab.waitForURL(/q=answers/);
  const found = await tab.locator("#found h3").allTextContents();
  await tab.goto(`${base}/compare/`);
  await tab.locator("main button[type=submit]").press("Enter");
  await tab.waitForURL(/a=.*b=/);
  const compared = await tab.locator("h1").textContent();
  await context.close();
  return { found, compared };
}

// With JavaScript the list follows what is typed, and the address with it.
async function live(browser, base) {
  const tab = await browser.newPage();
  const said = listen(tab);
  await tab.goto(`${base}/products/`);
  await tab.locator("#id_q").focus();
  await tab.keyboard.type("answers");
  await tab.waitForFunction(() => document.querySelectorAll("#found h3").length === 1);
  const found = await tab.locator("#found h3").allTextContents();
  await tab.waitForURL(/q=answers/);
  const status = await tab.locator("#found [role=status]").textContent();
  const kept = await tab.evaluate(() => document.activeElement.id);
  await tab.close();
  return { found, status, kept, said };
}

// The walk, by links only; `go` presses a link as the keyboard does.
async function walk(browser, base) {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const said = listen(tab);
  const go = async (link) => {
    const before = tab.url();
    await link.first().focus();
    await tab.keyboard.press("Enter");
    await tab.waitForURL((now) => String(now) !== before);
    await tab.waitForLoadState("load");
  };
  const place = async () => {
    const url = new URL(tab.url());
    return {
      path: url.pathname, hash: url.hash, query: url.search,
      title: await tab.locator("h1").first().textContent(),
    };
  };
  const steps = [];
  await tab.goto(`${base}/`);
  steps.push(await place());
  await go(tab.locator("nav a", { hasText: "Products" }));
  await go(tab.locator("#found h3 a", { hasText: "Alpha" }));
  steps.push(await place());
  await go(tab.locator("main a", { hasText: /first error|log at line/ }));
  steps.push({
    ...(await place()),
    error: await tab.locator(":target").textContent(),
    seen: await tab.evaluate(() => {
      const box = document.querySelector(":target").getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight;
    }),
  });
  await tab.goBack();
  await go(tab.locator("main a", { hasText: "What breaks" }));
  steps.push({ ...(await place()), said: await tab.locator("main").innerText() });
  await tab.goto(`${base}/`);
  await go(tab.locator("nav a", { hasText: "Releases" }));
  await go(tab.locator("main table a", { hasText: "1.2" }));
  await go(tab.locator("aside a[href^='/compare/']"));
  steps.push({ ...(await place()), said: await tab.locator("main").innerText() });
  // From a red cell to the first error: how many clicks?
  await tab.goto(`${base}/matrix/`);
  let clicks = 0;
  await tab.locator(".matrix a", { hasText: "fail" }).first().click(); clicks++;
  await tab.waitForURL(/tests/);
  await tab.locator("main a", { hasText: "first error" }).first().click(); clicks++;
  await tab.waitForURL(/logs/);
  const red = { clicks, ...(await place()), error: await tab.locator(":target").textContent() };
  await tab.close();
  return { steps, red, said };
}

async function main(asked) {
  const browser = await chromium.launch({ executablePath: asked.browser, args: FLAGS });
  const told = { pages: {} };
  try {
    for (const [kind, url] of Object.entries(asked.pages))
      told.pages[kind] = {
        ...(await axes(browser, url)), ...(await layouts(browser, url)),
        keyboard: await keyboard(browser, url), media: await media(browser, url),
      };
    if (asked.walk) {
      told.walk = await walk(browser, asked.base);
      told.without = await without(browser, asked.base);
      told.live = await live(browser, asked.base);
    }
  } finally {
    await browser.close();
  }
  return told;
}

let input = "";
process.stdin.on("data", (piece) => input += piece);
process.stdin.on("end", () => main(JSON.parse(input)).then(
  (told) => console.log(JSON.stringify(told)),
  (error) => { console.error(error); process.exit(1); }));
