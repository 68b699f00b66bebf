import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { looptoolRow, openaiRow, weatherTool } from '../builders/datasetText.ts';
import { eventsOf, runCli, startCli, temporaryFolder, type CliOptions } from './support/cli.ts';
import { bareCallRow, goodRow, unknownToolRow, writeLines } from './support/datasets.ts';
import { writeRemoteProject } from './support/remoteProject.ts';

const cleanUps: (() => void)[] = [];
const newFolder = () => temporaryFolder((work) => cleanUps.push(work));
afterAll(() => cleanUps.forEach((work) => work()));

type JsonFinding = { readonly rule: string; readonly severity: string; readonly message: string; readonly record: number; readonly line: number; readonly column: number; readonly sampleId?: string };
type JsonFile = { readonly path: string; readonly dialect: string; readonly records: number; readonly samples: number; readonly known: number; readonly findings: readonly JsonFinding[]; readonly counts: Readonly<Record<string, number>> };

async function validateJson(args: readonly string[], options?: CliOptions): Promise<{ readonly code: number | null; readonly files: readonly JsonFile[]; readonly findings: readonly JsonFinding[] }> {
  const { code, stdout, stderr } = await runCli(['validate', ...args, '--format', 'json'], options);
  if (stdout === '') throw new Error(stderr);
  const files = JSON.parse(stdout) as readonly JsonFile[];
  return { code, files, findings: files.flatMap(({ findings }) => findings) };
}

test('a clean file ends with 0, and every format says so in its own way', async () => {
  const path = writeLines(newFolder(), 'good.jsonl', [0, 1, 2].map(goodRow));
  const human = await runCli(['validate', path]);
  expect(human).toMatchObject({ code: 0, stderr: '' });
  expect(human.stdout).toContain('looptool, 3 records, 3 samples, 0 errors, 0 warnings, 0 notes');
  expect((await runCli(['validate', path, '--format', 'github'])).stdout.trim()).toBe('');
  expect(JSON.parse((await runCli(['validate', path, '--format', 'sarif'])).stdout)).toMatchObject({ version: '2.1.0', runs: [{ results: [] }] });
});

test('one bad line among good ones is one finding with its line and column, and the rest is read', async () => {
  const path = writeLines(newFolder(), 'mixed.jsonl', [goodRow(0), '{"instruction": nope}', goodRow(1)]);
  const { code, files, findings } = await validateJson([path]);
  expect(code).toBe(1);
  expect(files[0]).toMatchObject({ records: 3, samples: 2 });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ rule: 'unreadable-record', severity: 'error', record: 2, line: 2, column: 17 });
});

test('SARIF names its rules and gives each result a region and a fingerprint', async () => {
  const folder = newFolder();
  writeLines(folder, 'a b.jsonl', [goodRow(0), unknownToolRow(1), bareCallRow(2)]);
  const { code, stdout } = await runCli(['validate', 'a b.jsonl', '--format', 'sarif'], { cwd: folder });
  expect(code).toBe(1);
  const sarif = JSON.parse(stdout) as { readonly runs: readonly { readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }; readonly columnKind: string; readonly results: readonly SarifResult[] }[] };
  const [run] = sarif.runs;
  const ids = run?.tool.driver.rules.map(({ id }) => id) ?? [];
  expect(run?.columnKind).toBe('utf16CodeUnits');
  expect(run?.results.map(({ ruleId }) => ruleId)).toEqual(['unknown-tool', 'no-arguments']);
  for (const result of run?.results ?? []) {
    expect(ids[result.ruleIndex]).toBe(result.ruleId);
    expect(['error', 'warning', 'note']).toContain(result.level);
    expect(result.message.text).not.toBe('');
    const [location] = result.locations;
    expect(location?.physicalLocation.artifactLocation.uri).toBe('a%20b.jsonl');
    const region = location?.physicalLocation.region;
    expect(region?.startLine).toBeGreaterThanOrEqual(2);
    expect(region?.endColumn).toBeGreaterThan(region?.startColumn ?? Infinity);
    expect(result.partialFingerprints['looptool/v1']).toMatch(/./);
  }
});

type SarifResult = {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number; readonly startColumn: number; readonly endLine: number; readonly endColumn: number } } }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
};

test('GitHub annotations escape what would end or split a command', async () => {
  const folder = newFolder();
  const call = { name: 'get, 100%: "w"\n::error::', arguments: { city: 'Oslo' } };
  writeLines(folder, 'a,b:c.jsonl', [openaiRow([weatherTool], [call], 'Weather in Oslo, please, for the harbour tomorrow')]);
  const { stdout } = await runCli(['validate', 'a,b:c.jsonl', '--format', 'github'], { cwd: folder });
  const lines = stdout.trim().split('\n');
  const unknown = lines.find((line) => line.includes('title=unknown-tool'));
  expect(unknown).toMatch(/^::error file=a%2Cb%3Ac\.jsonl,line=1,col=\d+,endLine=1,endColumn=\d+,title=unknown-tool::/);
  expect(unknown).toContain('100%25');
  for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) file=/);
});

test('--fix --dry-run shows a diff that applies, --fix changes these bytes alone, and then nothing is left to fix', async () => {
  const folder = newFolder();
  const lines = [goodRow(0), `  ${bareCallRow(1)}`, goodRow(2), bareCallRow(3)];
  const path = writeLines(folder, 'data.jsonl', lines, '\r\n');
  const before = readFileSync(path, 'utf8');
  const preview = await runCli(['validate', 'data.jsonl', '--fix', '--dry-run'], { cwd: folder });
  expect(readFileSync(path, 'utf8')).toBe(before);
  expect(preview.stdout).toContain('2 records would be changed');
  execFileSync('git', ['init', '-q'], { cwd: folder });
  execFileSync('git', ['apply', '--check', '-'], { cwd: folder, input: preview.stdout });
  const fixed = await runCli(['validate', 'data.jsonl', '--fix'], { cwd: folder });
  expect(fixed.stdout).toContain('2 records were changed');
  const expected = before.replaceAll('{\\"name\\": \\"get_time\\"}', '{\\"name\\": \\"get_time\\", \\"arguments\\": {}}');
  expect(expected).not.toBe(before);
  expect(readFileSync(path, 'utf8')).toBe(expected);
  expect((await runCli(['validate', 'data.jsonl', '--fix'], { cwd: folder })).stdout).toContain('0 records were changed');
  expect((await runCli(['validate', 'data.jsonl'], { cwd: folder })).code).toBe(0);
});

test('a baseline hides what was there, shows what is new, and survives another order and another dialect', async () => {
  const folder = newFolder();
  writeLines(folder, 'data.jsonl', [goodRow(0), unknownToolRow(1), bareCallRow(2)]);
  const in_ = { cwd: folder };
  const updated = await runCli(['validate', 'data.jsonl', '--update-baseline'], in_);
  expect(updated).toMatchObject({ code: 0 });
  expect(updated.stdout).toContain('2 findings are known from now on');
  const known = await validateJson(['data.jsonl'], in_);
  expect(known).toMatchObject({ code: 0, findings: [] });
  expect(known.files[0]?.known).toBe(2);
  writeLines(folder, 'data.jsonl', [bareCallRow(2), unknownToolRow(4), goodRow(0), unknownToolRow(1)]);
  const later = await validateJson(['data.jsonl'], in_);
  expect(later.code).toBe(1);
  expect(later.findings.map(({ rule, line }) => [rule, line])).toEqual([['unknown-tool', 2]]);
  writeLines(folder, 'old.jsonl', [unknownToolRow(1)]);
  expect((await runCli(['convert', 'old.jsonl', '--to', 'openai-chat', '-o', 'new.json'], in_)).code).toBe(0);
  const converted = await validateJson(['new.json'], in_);
  expect(converted.files[0]).toMatchObject({ dialect: 'openai-chat', known: 1, findings: [] });
});

test('findings are suppressed in the record and by the side file, each for its own rule and sample', async () => {
  const folder = newFolder();
  const [one, two, three] = [unknownToolRow(1), unknownToolRow(2), unknownToolRow(3)];
  const ignoring = one.replace(/\}$/, ', "looptool": {"ignore": ["unknown-tool"]}}');
  writeLines(folder, 'data.jsonl', [ignoring, two, three]);
  const found = await validateJson(['data.jsonl'], { cwd: folder });
  expect(found.findings.map(({ line }) => line)).toEqual([2, 3]);
  mkdirSync(join(folder, '.looptool'));
  const id = found.findings[0]?.sampleId;
  writeLines(join(folder, '.looptool'), 'suppressions.jsonl', [JSON.stringify({ v: 1, sampleId: id, rule: 'unknown-tool' })]);
  expect((await validateJson(['data.jsonl'], { cwd: folder })).findings.map(({ line }) => line)).toEqual([3]);
  writeLines(join(folder, '.looptool'), 'suppressions.jsonl', [JSON.stringify({ v: 1, file: 'data.jsonl', rule: 'unknown-tool' })]);
  writeLines(folder, 'other.jsonl', [unknownToolRow(9)]);
  expect((await validateJson(['data.jsonl', 'other.jsonl'], { cwd: folder })).files.map(({ findings }) => findings.length)).toEqual([0, 1]);
  writeLines(join(folder, '.looptool'), 'suppressions.jsonl', ['{"v": 1}']);
  const broken = await runCli(['validate', 'data.jsonl'], { cwd: folder });
  expect(broken).toMatchObject({ code: 2 });
  expect(broken.stderr).toContain('suppressions.jsonl:1');
});

test('profiles and --fail-on decide what makes the exit code 1', async () => {
  const path = writeLines(newFolder(), 'data.jsonl', [bareCallRow(1)]);
  expect((await validateJson([path])).findings).toMatchObject([{ rule: 'no-arguments', severity: 'warning' }]);
  expect((await runCli(['validate', path])).code).toBe(1);
  expect((await runCli(['validate', path, '--fail-on', 'error'])).code).toBe(0);
  expect((await runCli(['validate', path, '--profile', 'strict', '--fail-on', 'error'])).code).toBe(1);
  expect((await runCli(['validate', path, '--profile', 'lenient'])).code).toBe(0);
});

test('looptool.json sets rules and benchmarks; a rule that does not exist is an error with the one that was meant', async () => {
  const folder = newFolder();
  writeRemoteProject(folder, 'http://127.0.0.1:9/v1', { samples: 1 });
  const config = JSON.parse(readFileSync(join(folder, 'looptool.json'), 'utf8')) as object;
  const lint = (settings: object): void => writeFileSync(join(folder, 'looptool.json'), JSON.stringify({ ...config, lint: settings }));
  writeLines(folder, 'data.jsonl', [unknownToolRow(1), goodRow(2)]);
  writeLines(folder, 'bench.jsonl', [goodRow(2)]);
  lint({ rules: { 'unknown-tool': 'information' }, benchmarks: ['bench.jsonl'] });
  const found = await validateJson(['data.jsonl', '--project', folder], { cwd: folder });
  expect(found.findings.map(({ rule, severity, line }) => [rule, severity, line])).toEqual([
    ['unknown-tool', 'information', 1],
    ['benchmark-leak', 'error', 2],
  ]);
  lint({ rules: { 'unknown-tol': 'off' } });
  const wrong = await runCli(['validate', 'data.jsonl', '--project', folder], { cwd: folder });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('Did you mean "unknown-tool"?');
});

test('the standard input is read, recognised and checked like a file', async () => {
  const text = `${goodRow(0)}\n${unknownToolRow(1)}\n`;
  const piped = await validateJson(['-'], { input: text });
  expect(piped.code).toBe(1);
  expect(piped.files[0]).toMatchObject({ path: '<stdin>', dialect: 'looptool', records: 2 });
  expect(piped.findings).toMatchObject([{ rule: 'unknown-tool', line: 2 }]);
  // Rows that no dialect is sure of one by one.
  const bare = JSON.stringify({ messages: [{ role: 'user', content: 'hello to you' }, { role: 'assistant', content: 'hello' }] });
  expect((await validateJson(['-'], { input: `${bare}\n` })).files[0]).toMatchObject({ samples: 1 });
  expect((await runCli(['validate', '-'], { input: '' })).code).toBe(0);
});

test('a folder is its dataset files, and a file that is named twice is checked once', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'in/deep'), { recursive: true });
  writeLines(join(folder, 'in'), 'b.jsonl', [goodRow(0)]);
  writeLines(join(folder, 'in/deep'), 'a.jsonl', [unknownToolRow(1)]);
  writeLines(join(folder, 'in'), 'notes.txt', ['no dataset']);
  const { files } = await validateJson(['in', 'in/b.jsonl'], { cwd: folder });
  expect(files.map(({ path, findings }) => [path, findings.length])).toEqual([
    ['in/b.jsonl', 0],
    ['in/deep/a.jsonl', 1],
  ]);
});

test('records of other dialects are read in a mixed file; a file of none is one finding', async () => {
  const folder = newFolder();
  const chat = openaiRow([weatherTool], [{ name: 'get_wether', arguments: { city: 'Oslo' } }], 'How is the weather in Oslo, by the harbour?');
  const mixed = writeLines(folder, 'mixed.jsonl', [goodRow(0), goodRow(1), chat]);
  const { files, findings } = await validateJson([mixed]);
  expect(files[0]).toMatchObject({ dialect: 'looptool', samples: 3 });
  expect(findings).toMatchObject([{ rule: 'unknown-tool', line: 3 }]);
  const other = writeLines(folder, 'other.jsonl', ['{"a": 1}', '{"a": 2}']);
  const none = await validateJson([other]);
  expect(none.files[0]).toMatchObject({ dialect: 'unknown', records: 2, samples: 0 });
  expect(none.findings).toHaveLength(1);
});

test('a byte order mark and CRLF move no place', async () => {
  const folder = newFolder();
  const path = join(folder, 'crlf.jsonl');
  writeFileSync(path, `\ufeff${unknownToolRow(0)}\r\n${unknownToolRow(1)}`);
  const plain = await validateJson([writeLines(folder, 'plain.jsonl', [unknownToolRow(0), unknownToolRow(1)])]);
  const marked = await validateJson([path]);
  expect(marked.findings).toHaveLength(2);
  expect(marked.findings).toEqual(plain.findings);
});

test('one thread and several give the same bytes', async () => {
  const folder = newFolder();
  const lines = Array.from({ length: 6000 }, (_, i) => (i % 500 === 3 ? unknownToolRow(i) : i % 700 === 5 ? '{"broken' : i % 900 === 7 ? goodRow(i - 1) : goodRow(i)).replace('Tell me', `Tell ${'x'.repeat(1400)} me`));
  const path = writeLines(folder, 'large.jsonl', lines);
  expect(readFileSync(path).length).toBeGreaterThan(8_000_000);
  const [one, two] = [await runCli(['validate', path, '--format', 'json', '--threads', '1']), await runCli(['validate', path, '--format', 'json', '--threads', '2'])];
  expect(one.stdout).toContain('unknown-tool');
  expect(one.stdout).toContain('unreadable-record');
  expect(two.stdout === one.stdout).toBe(true);
  expect([one.code, two.code]).toEqual([1, 1]);
});

test('a line of 40 MB is a record like any other', async () => {
  const folder = newFolder();
  const long = looptoolRow([weatherTool], '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>', `<|im_start|>user\nOslo ${'so '.repeat(13_400_000)}<|im_end|>\n`);
  const path = writeLines(folder, 'long.jsonl', [long, unknownToolRow(1)]);
  const { files, findings } = await validateJson([path]);
  expect(files[0]).toMatchObject({ records: 2, samples: 2 });
  expect(findings).toMatchObject([{ rule: 'unknown-tool', line: 2 }]);
});

test('Ctrl-C ends with 130', async () => {
  // It waits for input that never ends.
  const run = startCli(['validate', '-'], { input: new Uint8Array(0), keepOpen: true });
  // More than a pipe holds: when all of it is taken, somebody reads.
  const row = `${goodRow(0)}\n`;
  await new Promise((resolve) => run.child.stdin?.write(row.repeat(Math.ceil(1_000_000 / row.length)), resolve));
  run.child.kill('SIGINT');
  expect((await run.exit).code).toBe(130);
});

test('without files and without a project it says what to name', async () => {
  const run = await runCli(['validate', '--project', newFolder()]);
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/looptool validate FILE.*looptool init/);
});

test('--json gives one result, and what cannot run ends with 2', async () => {
  const path = writeLines(newFolder(), 'data.jsonl', [unknownToolRow(1)]);
  const events = eventsOf((await runCli(['validate', path, '--json'])).stdout);
  // How far it read is said too where that takes a while.
  expect(events.filter(({ type }) => type !== 'reading')).toMatchObject([{ type: 'result', command: 'validate' }]);
  const dialect = await runCli(['validate', path, '--dialect', 'nonsense']);
  expect(dialect).toMatchObject({ code: 2 });
  expect(dialect.stderr).toContain('looptool');
  expect((await runCli(['validate', join(dirname(path), `no-${basename(path)}`)])).code).toBe(2);
});
