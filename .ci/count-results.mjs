// Prints "<reports> <passed> <failed>" of the CTRF reports in a folder, and names the skipped and the failed tests on standard error.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const reports = readdirSync(folder).filter((name) => name.endsWith('.ctrf'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).results);
const sum = (count) => reports.reduce((total, report) => total + report.summary[count], 0);

for (const test of reports.flatMap((report) => report.tests).filter((test) => ['skipped', 'failed'].includes(test.status))) {
  console.error(`${test.status}: ${test.name}: ${(test.message ?? 'no message').slice(0, 500)}`);
}
console.log(reports.length, sum('passed'), sum('failed'));
