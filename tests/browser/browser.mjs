// A browser of the system, and a page in it that has loaded without an error.
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/// Opens a file; whatever it complains of, and whatever it asks for from elsewhere, is in `errors`.
export async function open(browser, url, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1500, height: 900 }, ...options });
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) errors.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector("html[data-ready=yes]", { timeout: 30_000 });
  return { page, errors };
}
