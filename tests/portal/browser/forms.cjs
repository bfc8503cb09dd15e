// Brings forms into their states in Chromium and says what is to be seen, as JSON; judges nothing.
// Standard input: {browser, base, states: {name: {cookie, steps}}, pictures}. A step is
// {goto}, {fill: {selector: text}}, {choose: {selector: value}}, {attach: {selector: {name, text}}}, {press: selector}, or {again: password} where it is asked for.
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];
const SEND = "main form.narrow button[type=submit]";
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "section508"];
const COLOURS = ["color-contrast", "link-in-text-block"]; // the rules that a dark page can break

async function bring(tab, base, steps) {
  for (const step of steps) {
    if (step.goto) await tab.goto(step.goto.startsWith("http") ? step.goto : base + step.goto);
    if (step.again && tab.url().includes("/reauthenticate/")) {
      await tab.fill("#id_password", step.again);
      await Promise.all([tab.waitForEvent("load"), tab.locator(SEND).click()]);
    }
    for (const [selector, text] of Object.entries(step.fill ?? {})) await tab.fill(selector, text);
    for (const [selector, value] of Object.entries(step.choose ?? {}))
      await tab.selectOption(selector, value);
    for (const [selector, { name, text }] of Object.entries(step.attach ?? {}))
      await tab.setInputFiles(selector, { name, mimeType: "text/csv", buffer: Buffer.from(text) });
    if (step.press) await Promise.all([
      tab.waitForEvent("load"), tab.locator(step.press).first().click()]);
  }
}

// One tab sees all states: a new one is a new process, which compiles axe-core anew.
async function see({ tab, answer }, base, name, state, pictures) {
  await tab.context().clearCookies();
  if (state.cookie) await tab.context().addCookies([{ ...state.cookie, url: base }]);
  await tab.setViewportSize({ width: 1280, height: 900 });
  await tab.emulateMedia({ colorScheme: "light" });
  await bring(tab, base, state.steps);
  const found = { status: answer.status, path: new URL(tab.url()).pathname, looks: [] };
  found.fields = await tab.evaluate(() => [...document.querySelectorAll(
    "main input:not([type=hidden]), main select, main textarea")].map((one) => ({
      name: one.name, labels: one.labels.length, complete: one.autocomplete,
      described: (one.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)
        .every((id) => document.getElementById(id)),
      invalid: one.getAttribute("aria-invalid"),
    })));
  found.summary = await tab.evaluate(() => [...document.querySelectorAll(".summary a")].every(
    (one) => document.getElementById(one.hash.slice(1))));
  found.said = await tab.locator("main").innerText();
  await tab.evaluate(axe.source);
  for (const scheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme: scheme });
    const only = scheme === "light" ? { type: "tag", values: TAGS } : { type: "rule", values: COLOURS };
    const told = await tab.evaluate((runOnly) => axe.run({ runOnly }), only);
    found.looks.push({ scheme, violations: told.violations.map((one) =>
      `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`) });
    if (pictures) for (const width of [360, 768, 1440]) {
      await tab.setViewportSize({ width, height: 900 });
      await tab.screenshot({ fullPage: true, path:
        `${pictures}/${name.replace(/[^a-z0-9]+/gi, "-")}-${width}-${scheme}.png` });
    }
  }
  await tab.setViewportSize({ width: 320, height: 900 });
  found.sideways = await tab.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return found;
}

async function main(asked) {
  const browser = await chromium.launch({ executablePath: asked.browser, args: FLAGS });
  const told = {};
  try {
    const tab = await browser.newPage({ bypassCSP: true }), answer = { status: 0 };
    tab.on("response", (one) => {
      if (one.request().isNavigationRequest()) answer.status = one.status();
    });
    for (const [name, state] of Object.entries(asked.states))
      told[name] = await see({ tab, answer }, asked.base, name, state, asked.pictures)
        .catch((error) => { throw new Error(`${name}: ${error}`); });
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
