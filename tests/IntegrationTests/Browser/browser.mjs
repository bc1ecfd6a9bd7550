// node browser.mjs <chromium>
// A browser that does what it reads: one JSON command a line in, one JSON answer a line out, in order. Ends with its input.
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const [executablePath] = process.argv.slice(2);

// Chromium's sandbox does not work for root, which CI machines often run as.
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const pages = new Map();

const commands = {
  async open({ page: name, url, options }) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const seen = { errors: [], requests: [] };
    page.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
    page.on('pageerror', (error) => seen.errors.push(error.message));
    page.on('request', (request) => seen.requests.push(request.url()));
    pages.set(name, { page, seen });
    await page.goto(url, { waitUntil: 'domcontentloaded' });
  },
  // Answers with the moment at which the expression was true. Asked from here again and again: a page whose policy forbids eval cannot do it by itself.
  async wait({ page, expression, milliseconds }) {
    const deadline = Date.now() + milliseconds;
    while (!(await pages.get(page).page.evaluate(`Boolean(${expression})`))) {
      if (Date.now() > deadline) {
        throw new Error(`not true within ${milliseconds} ms: ${expression}`);
      }
      await setTimeout(5);
    }
    return Date.now();
  },
  read: ({ page, expression }) => pages.get(page).page.evaluate(expression),
  fill: ({ page, selector, text }) => pages.get(page).page.fill(selector, text),
  click: ({ page, selector }) => pages.get(page).page.click(selector),
  press: ({ page, key }) => pages.get(page).page.keyboard.press(key),
  seen: ({ page }) => pages.get(page).seen,
  picture: async ({ page, path }) => { await pages.get(page).page.screenshot({ path, fullPage: true }); },
};

try {
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    let answer;
    try {
      answer = { value: (await commands[command.do](command)) ?? null };
    } catch (error) {
      answer = { error: error.message };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
} finally {
  await browser.close();
}
