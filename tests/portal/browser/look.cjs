// Opens pages of a running portal in Chromium and says what is to be seen of them, as JSON.
// Standard input: {browser, base, pages, briefly, walk}. Nothing here judges: the Python tests do.
// Pages that are named in `briefly` are not gone through by keyboard: another of their kind is.
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const FLAGS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "section508"];
const COLOURS = ["color-contrast", "link-in-text-block"]; // the rules that a dark page can break
const NARROWEST = 320; // what 1280 pixels are at 400 % zoom
const TABS = { keyboard: 60, phone: 30 }; // the first so many stops of a page
const SMALLEST = 24; // WCAG 2.5.8
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

// Targets that are too small for a finger, and too near to another one (WCAG 2.5.8). What stands in
// a line of text is as high as the line.
function cramped(smallest) {
  const seen = [...document.querySelectorAll("a[href],button,input,select,textarea,summary")]
    .filter((one) => one.tabIndex >= 0 && one.checkVisibility() &&
      !one.matches(".skip") && one.getBoundingClientRect().width > 1)
    .map((one) => ({ one, box: one.getBoundingClientRect() }));
  const inLine = (one) => getComputedStyle(one).display === "inline" &&
    [...one.parentElement.childNodes].some((node) => node !== one && node.textContent.trim());
  const small = seen.filter(({ one, box }) =>
    (box.width < smallest - 0.5 || box.height < smallest - 0.5) && !inLine(one));
  const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  const far = ([x, y], box) => Math.hypot(
    Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  return small.filter(({ one, box }) => seen.some((other) => {
    if (other.one === one || one.contains(other.one) || other.one.contains(one)) return false;
    const [x, y] = middle(box), [a, b] = middle(other.box);
    const both = small.some((each) => each.one === other.one);
    return both ? Math.hypot(x - a, y - b) < smallest - 0.5
      : far([x, y], other.box) < smallest / 2 - 0.5;
  })).slice(0, 5).map(({ one, box }) =>
    `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 100)}`);
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

// A tab is used for all pages: a new one is a new process, which compiles axe-core anew.
async function reopened(tab, url, { width = 1280, height = 900, ...media } = {}) {
  await tab.setViewportSize({ width, height });
  await tab.emulateMedia({ colorScheme: "light", reducedMotion: null, forcedColors: null, ...media });
  return tab.goto(url);
}

async function axes(tab, url) {
  const looks = [];
  const answer = await reopened(tab, url);
  await tab.evaluate(axe.source);
  for (const scheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme: scheme });
    await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => one.open = true));
    const only = scheme === "light" ? { type: "tag", values: TAGS } : { type: "rule", values: COLOURS };
    const result = await tab.evaluate((runOnly) => axe.run({ runOnly }), only);
    const told = (several) => several.map(
      (one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
    looks.push({
      scheme, violations: told(result.violations),
      unsure: result.incomplete.flatMap(
        (one) => one.nodes.map((node) => `${one.id}: ${node.html}`)),
      passed: result.passes.map((one) => ({ id: one.id, tags: one.tags })),
    });
  }
  return { status: answer.status(), looks };
}

async function layouts({ tab, said, free }, url) {
  said.length = 0;
  await reopened(tab, url);
  const found = {
    wide: await tab.evaluate(overflow), unreachable: await tab.evaluate(unreachable),
    cramped: await tab.evaluate(cramped, SMALLEST),
  };
  await tab.setViewportSize({ width: NARROWEST, height: 900 });
  found.narrow = await tab.evaluate(overflow);
  found.cramped.push(...await tab.evaluate(cramped, SMALLEST));
  found.unreachable.push(...await tab.evaluate(unreachable));
  await reopened(free, url, { width: NARROWEST });
  await free.addStyleTag({ content: SPACED });
  found.spaced = await free.evaluate(overflow);
  return { ...found, said: [...said] };
}

async function keyboard({ tab }, url, most, width, height) {
  // Reduced motion: so that what scrolls is there at once.
  await reopened(tab, url, { width, height, reducedMotion: "reduce" });
  const stops = [];
  let ended = false;
  while (stops.length < most) {
    await tab.keyboard.press("Tab");
    const at = await tab.evaluate(focused);
    if (!at || (stops.length && at.order <= stops[0].order)) { ended = true; break; }
    stops.push(at);
  }
  await tab.goto(url);
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Enter");
  const skipped = await tab.evaluate(() => document.activeElement.id);
  return { stops, ended, skipped };
}

async function media({ tab }, url) {
  await reopened(tab, url, { reducedMotion: "reduce" });
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
    const free = await browser.newPage({ bypassCSP: true }), tab = await browser.newPage();
    const eyes = { tab, said: listen(tab), free };
    for (const [kind, url] of Object.entries(asked.pages)) {
      told.pages[kind] = { ...(await axes(free, url)), ...(await layouts(eyes, url)) };
      if (!asked.briefly.includes(kind)) Object.assign(told.pages[kind], {
        keyboard: await keyboard(eyes, url, TABS.keyboard, 1280, 900),
        phone: await keyboard(eyes, url, TABS.phone, NARROWEST, 568),
        media: await media(eyes, url),
      });
    }
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
