// Plays a facility, which registers a runner and revokes its key, and a visitor.
// Standard input: {browser, base, scene, organization, password, …}; `scene` names what is played.
// Nothing here judges.
const { play, sees, somebody } = require("./keyboard.cjs");

async function runners(one, asked) {
  await one.goto(`/runners/${asked.organization}/`);
}

async function signedIn(browser, asked) {
  const one = await somebody(browser, asked.base);
  await one.goto("/account/login/");
  await one.write("#id_login", asked.email);
  await one.write("#id_password", asked.password);
  await one.send();
  return one;
}

const SCENES = {
  async registers(browser, asked) {
    const one = await somebody(browser, asked.base);
    await one.accept(asked.link, "Fay", "", asked.password);
    await runners(one, asked);
    await one.write("#id_name", "login node");
    await one.write("#id_platform", asked.platform);
    await one.send();
    const first = await one.confirm("another password");
    const again = await one.confirm(asked.password);
    const back = { sees: await sees(one), name: await one.tab.locator("#id_name").inputValue() };
    await one.write("#id_public", asked.public);
    await one.choose("#id_until", asked.until);
    await one.send();
    return { first, again, back, sees: await sees(one), ends: new URL(one.tab.url()).pathname };
  },
  async revokes(browser, asked) {
    const one = await signedIn(browser, asked);
    await runners(one, asked);
    await one.press("main form[action$='/revoke/'] button");
    return { sees: await sees(one) };
  },
  async looks(browser, asked) {
    const one = await somebody(browser, asked.base);
    await one.goto(asked.path);
    const product = await sees(one);
    await one.press("section[aria-labelledby=proven] td a");
    const tests = await sees(one);
    await one.goto(`/runners/${asked.organization}/`);
    return { product, tests, ends: new URL(one.tab.url()).pathname };
  },
};

play((browser, asked) => SCENES[asked.scene](browser, asked));
