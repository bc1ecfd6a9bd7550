// node dashboard.mjs <login address> <chromium> <folder for screenshots> <name of a node to stop and start> <address of sample-api>
// Uses the dashboard as a person does, and prints as JSON what its resources page showed at each step.
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [login, executablePath, folder, node, api] = process.argv.slice(2);
const patience = 60_000;

// Chromium's sandbox does not work for root, which CI machines often run as.
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  // A development certificate is not trusted by browsers unasked.
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, ignoreHTTPSErrors: true });
  // Several instances of a resource are told apart by what follows its name.
  const row = (name) => page.locator('tr.fluent-data-grid-row').filter({ has: page.getByText(new RegExp(`^${name}(-[a-z]{8})?$`)) }).first();
  const showsState = async (name, state) => {
    await row(name).filter({ hasText: state }).waitFor({ timeout: patience });
    return row(name).innerText();
  };
  const press = async (name, command) => {
    await row(name).locator(`fluent-button[title^="${command}"]`).first().click({ timeout: patience });
  };
  const firstRow = async (text) => {
    const found = page.locator('tr.fluent-data-grid-row').filter({ hasText: text }).first();
    await found.waitFor({ timeout: patience });
    return found.innerText();
  };
  const picture = (name) => page.screenshot({ path: join(folder, `dashboard-${name}.png`) });

  await page.goto(login);
  const seen = {};
  for (const name of ['redis-node-1', 'redis-node-2', 'redis-node-3', 'redis-node-4', 'redis-node-5', 'redis-node-6', 'sample-api']) {
    seen[name] = await showsState(name, 'Running');
  }
  seen['cluster-initializer'] = await showsState('cluster-initializer', 'Finished');
  await picture('resources');

  await press(node, 'Stop');
  seen.stopped = await showsState(node, /Exited|Finished|Stopped|Terminated/);
  await picture('node-stopped');
  await press(node, 'Start');
  seen.started = await showsState(node, 'Running');

  const origin = new URL(login).origin;
  await page.goto(`${origin}/consolelogs/resource/${node}`);
  await page.getByText('Ready to accept connections').first().waitFor({ timeout: patience });
  await picture('console');

  await page.goto(`${origin}/traces/resource/cluster-initializer`);
  seen['trace of cluster-initializer'] = await firstRow('reconcile cluster');
  await picture('traces-cluster-initializer');

  const written = await fetch(new URL('/kv/seen-in-the-dashboard', api), { method: 'PUT', body: 'value' });
  if (!written.ok) throw new Error(`PUT /kv answered ${written.status}`);
  await page.goto(`${origin}/traces/resource/sample-api`);
  // Only the rows in view are there, and others may be above.
  await page.locator('input[placeholder="Filter..."]').fill('PUT /kv');
  seen['trace of sample-api'] = await firstRow('PUT /kv');
  await picture('traces-sample-api');
  await page.goto(`${origin}/structuredlogs/resource/sample-api`);
  seen['log of sample-api'] = await firstRow('sample-api');
  await picture('logs');
  await page.goto(`${origin}/metrics/resource/sample-api`);
  await page.getByText('db.client.operation.duration').first().waitFor({ timeout: patience });
  await picture('metrics');
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
