// Opens every page in both colour schemes and at two widths; prints what axe-core, the layout and
// the browser's console have to say, as JSON. Arguments: the browser, then pages.
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const FLAGS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const NARROWEST = 320; // what 1280 pixels are at 400 % zoom

function listen(tab) {
  const said = [];
  tab.on("console", (message) => said.push(message.text()));
  tab.on("pageerror", (error) => said.push(String(error)));
  return said;
}

async function sideways(tab, width) {
  await tab.setViewportSize({ width, height: 900 });
  return tab.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

async function inspect(tab, page) {
  await tab.goto("file://" + page);
  await tab.evaluate(axe.source);
  const looks = [];
  for (const width of [1280, 390])
    for (const scheme of ["light", "dark"]) {
      await tab.emulateMedia({ colorScheme: scheme });
      const over = await sideways(tab, width);
      const result = await tab.evaluate(
        (values) => axe.run({ runOnly: { type: "tag", values } }), TAGS);
      const violations = result.violations.map(
        (one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
      looks.push(
        { page, width, scheme, sideways: over, violations, rules: result.passes.length });
    }
  return looks;
}

async function open(browser, page) {
  const tab = await browser.newPage({ offline: true });
  const said = listen(tab);
  await tab.goto("file://" + page);
  await tab.keyboard.press("Tab");
  const first = await tab.evaluate(() => document.activeElement.textContent);
  const over = await sideways(tab, NARROWEST);
  const paper = await tab.pdf({ format: "Letter" });
  await tab.close();
  return { page, said, first, sideways: over, paper: paper.length };
}

(async () => {
  const [executablePath, ...pages] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const looks = [], opened = [];
  // One tab inspects all pages: a new one is a new process, which compiles axe-core anew.
  const inspecting = await browser.newPage({ offline: true, bypassCSP: true });
  for (const page of pages) {
    opened.push(await open(browser, page));
    looks.push(...await inspect(inspecting, page));
  }
  await browser.close();
  console.log(JSON.stringify({ looks, opened }));
})();
