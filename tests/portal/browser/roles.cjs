// Plays people with roles, from the first start to a patch, and says what they saw.
// Standard input: {browser, base, setUp, product, organization, facility, password}. Nothing here
// judges.
const { next, play, sees, somebody } = require("./keyboard.cjs");

async function administrator(browser, asked) {
  const one = await somebody(browser, asked.base);
  await one.accept(asked.setUp, "Ada", "ada@example.org", asked.password);
  await one.twoFactors(asked.password);
  const invite = async (email, role, scope) => {
    await one.goto("/office/invitations/");
    await one.write("#id_email", email);
    await one.choose("#id_role", role.split(" ")[0]); // a space would open the list
    await one.write("#id_scope", scope);
    await one.send();
    await one.confirm(asked.password);
    return one.tab.locator(".note code").textContent();
  };
  return {
    liaison: await invite("lia@example.org", "member liaison", asked.organization),
    maintainer: await invite("max@example.org", "product maintainer", asked.product),
    facility: await invite("fay@example.org", "facility", asked.facility),
  };
}

async function liaison(browser, asked, link) {
  const one = await somebody(browser, asked.base);
  await one.accept(link, "Lia", "", asked.password);
  const secret = await one.twoFactors(asked.password);
  await one.goto("/account/logout/");
  await one.send();
  await next();
  await one.goto(`/edit/product/${asked.product}/`);
  await one.write("#id_login", "lia@example.org");
  await one.write("#id_password", asked.password);
  await one.send();
  await one.giveCode(secret);
  const path = new URL(one.tab.url()).pathname;
  await one.write("#id_license", "Zlib");
  await one.write("#id_why", "The authors changed it.");
  await one.send();
  const shown = await one.tab.locator("main pre").textContent();
  await one.press("button[value=propose]");
  return { path, shown, proposal: new URL(one.tab.url()).pathname, sees: await sees(one) };
}

async function maintainer(browser, asked, link, proposal) {
  const one = await somebody(browser, asked.base);
  await one.accept(link, "Max", "", asked.password);
  await one.goto("/proposals/");
  await one.press(`a[href="${proposal}"]`);
  await one.press("section[aria-labelledby=accept] button");
  const patch = await one.context.request.get(
    asked.base + await one.tab.locator("main a[href$='.patch']").getAttribute("href"));
  return { sees: await sees(one), patch: await patch.text() };
}

async function visitor(browser, asked, paths) {
  const one = await somebody(browser, asked.base);
  const ends = {};
  for (const path of paths) {
    await one.goto(path);
    ends[path] = new URL(one.tab.url()).pathname;
  }
  await one.goto(`/products/${asked.product}/`);
  return { ends, product: await sees(one) };
}

play(async (browser, asked) => {
  const links = await administrator(browser, asked);
  const first = await liaison(browser, asked, links.liaison);
  const second = await maintainer(browser, asked, links.maintainer, first.proposal);
  const paths = [
    "/proposals/", first.proposal, first.proposal.replace(/\/$/, ".patch"), first.path,
    "/office/people/", "/office/changes/", `/changes/product/${asked.product}/`, "/account/",
    `/runners/${asked.organization}/`, "/account/tokens/",
  ];
  return {
    facility: links.facility, liaison: first, maintainer: second,
    visitor: await visitor(browser, asked, paths),
  };
});
