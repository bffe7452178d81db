// Looks at a page as people do: at 360 and at 1280 pixels, light and dark, and with the eyes of
// axe-core. Called by tests/e2e/status_page_test.cc.
//
//   NODE_PATH is not asked: run it from a folder whose node_modules has the driver (TOOLS).
//   node look.mjs TOOLS BROWSER URL NAME FOLDER
//
// Writes FOLDER/NAME-WIDTH.png and FOLDER/NAME-WIDTH-dark.png. Prints one JSON object:
//   {"text": what can be read, "title": ..., "trouble": [what is wrong, in words]}
import { createRequire } from "node:module";
import path from "node:path";

const [tools, browserPath, url, name, folder] = process.argv.slice(2);
const require = createRequire(path.resolve(tools, "package.json"));
const { chromium } = require("playwright-core");
const { AxeBuilder } = require("@axe-core/playwright");

const trouble = [];

async function look(browser, width, scheme) {
  const where = `${width} px, ${scheme}`;
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    javaScriptEnabled: true, // for axe; the page has none of its own
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => trouble.push(`${where}: ${error}`));
  const reply = await page.goto(url, { waitUntil: "load" });
  if (reply.status() !== 200) trouble.push(`${where}: HTTP ${reply.status()}`);

  const seen = await page.evaluate(() => {
    const visible = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > visible + 1)
      .map((one) => `${one.tagName} ${one.className} "${one.textContent.trim().slice(0, 40)}"`);
    return {
      text: document.body.innerText,
      title: document.title,
      scripts: document.scripts.length,
      scrolls: document.documentElement.scrollWidth - visible,
      wide: wide.slice(0, 5),
      sizes: [...document.querySelectorAll("p, li, td, dd")]
        .map((one) => parseFloat(getComputedStyle(one).fontSize)),
    };
  });
  if (seen.scripts > 0) trouble.push(`${where}: the page has a script`);
  if (seen.scrolls > 0 || seen.wide.length > 0) {
    trouble.push(`${where}: wider than the window by ${seen.scrolls} px: ${seen.wide.join("; ")}`);
  }
  const smallest = Math.min(...seen.sizes);
  if (smallest < 12) trouble.push(`${where}: text of ${smallest} px`);

  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const violation of violations) {
    const first = violation.nodes[0];
    trouble.push(`${where}: ${violation.id}: ${first.html} ${first.failureSummary}`);
  }

  const suffix = scheme === "dark" ? "-dark" : "";
  await page.screenshot({
    path: path.join(folder, `${name}-${width}${suffix}.png`),
    fullPage: true,
  });
  await context.close();
  return { text: seen.text, title: seen.title };
}

const browser = await chromium.launch({
  executablePath: browserPath,
  args: [
    "--no-sandbox", // the tests may run as root in a container
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
let told = {};
for (const width of [360, 1280]) {
  for (const scheme of ["dark", "light"]) told = await look(browser, width, scheme);
}
await browser.close();
console.log(JSON.stringify({ ...told, trouble }));
