// Plays a quarter of the register of needs: raised, merged, endorsed, frozen, refused, delivered.
// Standard input: {browser, base, cookies: {name: cookie}, asked: [{by, statement, products}],
// visitors, mails, release}. `mails` is the folder where the portal leaves mails. Nothing here
// judges.
const { readdirSync, readFileSync } = require("fs");
const { play, sees, somebody } = require("./keyboard.cjs");

const QUICKEST = 3_500; // milliseconds before which a form was filled in by a program

// The link in the newest mail.
function mailed(folder) {
  const texts = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, "utf8"));
  for (const text of texts) {
    const found = /\/needs\/confirm\/[^/\s]+\//.exec(text.replace(/=\r?\n/g, ""));
    if (found) return found[0];
  }
  throw new Error(`no mail of ${texts.length} has a link`);
}

async function as(browser, asked, name) {
  const one = await somebody(browser, asked.base);
  await one.context.addCookies([{ ...asked.cookies[name], url: asked.base }]);
  return one;
}

const need = (one) => new URL(one.tab.url()).pathname.split("/")[2];

async function raise(one, { by, statement, products }) {
  await one.goto("/needs/new/");
  await one.write("#id_statement", statement);
  await one.choose("#id_organization", by);
  if (products) await one.write("#id_products", products);
  await one.send();
  return need(one);
}

async function visitorRaises(browser, asked) {
  const one = await somebody(browser, asked.base);
  await one.goto("/needs/new/");
  await one.write("#id_statement", asked.visitors);
  await one.write("#id_email", "vera@example.org");
  await one.tab.waitForTimeout(QUICKEST);
  await one.send();
  await one.goto(mailed(asked.mails));
  await one.send();
  return need(one);
}

// One act of somebody about a need: what is written and chosen, then sent.
async function act(one, path, { write = {}, choose = {} }) {
  await one.goto(`/needs/${path}/`);
  for (const [name, text] of Object.entries(choose)) await one.choose(`#id_${name}`, text);
  for (const [name, text] of Object.entries(write)) await one.write(`#id_${name}`, text);
  await one.send();
}

async function freeze(one) {
  await one.goto("/needs/snapshots/");
  await one.send();
}

play(async (browser, asked) => {
  const speakers = {};
  const needs = [];
  for (const it of asked.asked) {
    speakers[it.by] ??= await as(browser, asked, it.by);
    needs.push(await raise(speakers[it.by], it));
  }
  needs.push(await visitorRaises(browser, asked));
  const steers = await as(browser, asked, "steering");
  const [first, twin, , refused] = needs;
  await act(steers, `${twin}/merge`, { write: { into: first, reason: "It is the same." } });
  for (const [slug, one] of Object.entries(speakers))
    await act(one, `${first}/for/${slug}/endorse`, { choose: { level: "blocking" } });
  await steers.goto("/needs/ranking/");
  const ranking = await sees(steers);
  await freeze(steers);
  await act(steers, `${refused}/decide`,
    { choose: { status: "refused" }, write: { reason: "Others teach it." } });
  for (const status of ["acknowledged", "accepted", "in-progress"])
    await act(steers, `${first}/decide`, { choose: { status } });
  await act(steers, `${first}/link`, { choose: { kind: "release", release: asked.release } });
  await act(steers, `${first}/decide`, { choose: { status: "delivered" } });
  await act(steers, `${first}/answer`, { write: { text: "It came with the release." } });
  await freeze(steers);
  const told = { needs, ranking };
  const visitor = await somebody(browser, asked.base);
  for (const [name, path] of Object.entries({
    need: `/needs/${first}/`, refused: `/needs/${refused}/`, done: "/needs/done/",
    moved: "/needs/snapshots/1/compare/2/",
  })) {
    await visitor.goto(path);
    told[name] = await sees(visitor);
  }
  return told;
});
