// node tests/browser/screenshot.mjs run.html picture.png [light|dark] [KEY…]
// A picture of a page, after some keys were pressed in it.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, open } from "./browser.mjs";

const [file, picture, colorScheme = "light", ...keys] = process.argv.slice(2);
const browser = await launch();
const { page, errors } = await open(browser, pathToFileURL(resolve(file)).href, { colorScheme });
for (const key of keys) await page.keyboard.press(key);
await page.waitForTimeout(200);
await page.screenshot({ path: picture });
await browser.close();
if (errors.length) throw new Error(errors.join("\n"));
