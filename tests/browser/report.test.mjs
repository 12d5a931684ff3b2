// The page of a run, as somebody uses it. PAGES names a folder with `failing.html`, the page of a
// run that fails, `clean.html`, that of one that does not, and `large.html`, that of a long one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, open } from "./browser.mjs";

const folder = process.env.PAGES ?? "target/pages";
const url = (name) => pathToFileURL(resolve(join(folder, name))).href;
let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

const text = (page, selector) => page.locator(selector).innerText();
const around = (page) => page.locator("#around li").allInnerTexts();

/// What the diagram looks like, as far as one can tell without eyes.
const picture = (page) => page.evaluate(() => document.getElementById("diagram").toDataURL());

/// The diagram is drawn when the browser is ready to.
const drawn = (page) => page.evaluate(() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(done));
}));

test("it loads without an error, asks for nothing, and points at the violation", async () => {
  const { page, errors } = await open(browser, url("failing.html"));
  assert.match(await text(page, ".verdict"), /VSR-/);
  assert.match(await text(page, "#event"), /here it was noticed/);
  assert.match(await text(page, "#story"), /error\[VSR-/);
  assert.match(await text(page, "#scenario"), /seed = /);
  assert.deepEqual(errors, []);
  await page.close();
});

test("stepping changes the event and what is believed, forwards and back", async () => {
  const { page, errors } = await open(browser, url("failing.html"));
  await page.keyboard.press("Home");
  const first = await text(page, "#event-title");
  const seen = new Set([await text(page, "#states")]);
  let marked = 0;
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press("ArrowRight");
    seen.add(await text(page, "#states"));
    marked += await page.locator("#states td.changed").count();
  }
  assert.ok(seen.size > 3, `${seen.size} states`);
  assert.ok(marked > 0, "what has changed is marked");
  const there = await text(page, "#event");
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await text(page, "#event"), there);
  await page.keyboard.press("ArrowRight");
  assert.equal(await text(page, "#event"), there);
  await page.click("#back");
  assert.notEqual(await text(page, "#event"), there);
  // With shift it stays with one process.
  const who = async () => (await page.locator("#around li[aria-current]").innerText()).split(" ")[1];
  const before = await text(page, "#event"), process = await who();
  await page.keyboard.press("Shift+ArrowLeft");
  assert.equal(await who(), process);
  assert.notEqual(await text(page, "#event"), before);
  await page.keyboard.press("Home");
  assert.equal(await text(page, "#event-title"), first);
  assert.deepEqual(errors, []);
  await page.close();
});

test("the violation is one click away, and one key", async () => {
  const { page } = await open(browser, url("failing.html"));
  const there = await text(page, "#event");
  await page.keyboard.press("Home");
  assert.notEqual(await text(page, "#event"), there);
  await page.click("#blame");
  assert.equal(await text(page, "#event"), there);
  await page.keyboard.press("Home");
  await page.keyboard.press("v");
  assert.equal(await text(page, "#event"), there);
  await page.close();
});

test("filters filter: kinds, processes, and what had no part in it", async () => {
  const { page } = await open(browser, url("clean.html"));
  await page.keyboard.press("Home");
  for (let step = 0; step < 12; step++) await page.keyboard.press("ArrowRight");
  assert.ok((await around(page)).some((line) => line.includes("PREPARE ")));
  const before = await picture(page);
  await page.click("#kinds-menu summary");
  await page.locator("#kinds label", { hasText: /^PREPARE[\d,]/ }).click();
  await page.click("#lanes-menu summary");
  await page.locator("#lanes label", { hasText: /^r1$/ }).click();
  await page.keyboard.press("Escape");
  await drawn(page);
  const after = await around(page);
  assert.ok(after.length > 5);
  assert.ok(!after.some((line) => line.includes("PREPARE ")), after.join("\n"));
  assert.ok(!after.some((line) => /s r1 /.test(line)), after.join("\n"));
  assert.notEqual(await picture(page), before);
  await page.close();

  const failing = await open(browser, url("failing.html"));
  const all = await picture(failing.page);
  await failing.page.click("#past");
  await drawn(failing.page);
  assert.equal(await failing.page.getAttribute("#past", "aria-pressed"), "true");
  const classes = await failing.page.locator("#around li").evaluateAll((items) => items.map((item) => item.className));
  assert.ok(classes.every((name) => name === "past"), classes.join());
  assert.notEqual(await picture(failing.page), all);
  await failing.page.close();
});

test("one finds what one looks for, and goes from one to the next", async () => {
  const { page } = await open(browser, url("clean.html"));
  await page.keyboard.press("/");
  await page.keyboard.type("prepareok");
  assert.match(await text(page, "#found"), /^\d+ found$/);
  await page.keyboard.press("Enter");
  const first = await text(page, "#event");
  assert.match(first, /PREPAREOK/);
  await page.keyboard.press("Enter");
  assert.notEqual(await text(page, "#event"), first);
  await page.keyboard.type("zzz");
  assert.equal(await text(page, "#found"), "0 found");
  await page.close();
});

test("zoom, pan and the axis change what is drawn, not where one is", async () => {
  const { page, errors } = await open(browser, url("clean.html"));
  const where = await text(page, "#event");
  const seen = [await picture(page)];
  for (const act of [
    () => page.keyboard.press("+"), () => page.keyboard.press("0"), () => page.keyboard.press("t"),
    () => page.click("#in"), () => page.mouse.wheel(0, 300),
    async () => {
      await page.mouse.move(500, 300);
      await page.mouse.down();
      await page.mouse.move(400, 300, { steps: 4 });
      await page.mouse.up();
    },
  ]) {
    await page.hover("#diagram");
    await act();
    await drawn(page);
    seen.push(await picture(page));
  }
  for (let index = 1; index < seen.length; index++) {
    assert.notEqual(seen[index], seen[index - 1], `act ${index}`);
  }
  assert.equal(await text(page, "#event"), where);
  assert.deepEqual(errors, []);
  await page.close();
});

test("a link leads to an event, and a click on a cause to it", async () => {
  const { page } = await open(browser, `${url("failing.html")}#9`);
  assert.equal(await text(page, "#event-title"), "Event 9");
  await page.keyboard.press("v");
  const link = page.locator("#event button", { hasText: "sent by" }).first();
  const said = /at (\S+)/.exec(await link.innerText())[1];
  await link.click();
  assert.ok((await text(page, "#event")).startsWith(said), said);
  await page.close();
});

test("what is there to be copied is", async () => {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = await open(context, url("failing.html"));
  await page.locator(".copy[data-of=scenario]").click();
  await page.waitForFunction(() => document.querySelector(".copy[data-of=scenario]").textContent === "copied");
  const pasted = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(pasted.trim(), (await page.locator("#scenario").textContent()).trim());
  await context.close();
});

test("it can be read in the dark, on a narrow screen, and of many events", async () => {
  const dark = await open(browser, url("failing.html"), { colorScheme: "dark" });
  const ground = await dark.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.ok(/rgb\((\d+)/.exec(ground)[1] < 60, ground);
  await dark.page.close();

  const narrow = await open(browser, url("failing.html"), { viewport: { width: 420, height: 800 } });
  const over = await narrow.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${over} pixels too wide`);
  await narrow.page.close();

  const begun = Date.now();
  const large = await open(browser, url("large.html"));
  assert.ok(Date.now() - begun < 20_000);
  await large.page.keyboard.press("0");
  await drawn(large.page);
  await large.page.keyboard.press("End");
  assert.match(await text(large.page, "#event-title"), /Event \d+/);
  assert.deepEqual(large.errors, []);
  await large.page.close();
});
