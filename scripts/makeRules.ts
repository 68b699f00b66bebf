import { rules } from '../src/core/rules/rules.generated.ts';
import { profiles, type Rule } from '../src/core/rules/rule.ts';

const head = `# Rules

What the language server and \`looptool validate\` find in a dataset. Each finding stands at the exact part of the record, inside
nested JSON strings too. A finding never changes a file.

Only files that are recognised as datasets by their content are checked; others are left alone. The editor shows at most 900
findings of a file, errors before warnings, and says how many more there are: the view *Findings* and the command line show
all. Each rule has a page of its own; the editor opens it from the finding.

Severities are given for the profiles *strict*, *recommended* (the default) and *lenient*.

| rule | strict | recommended | lenient | finds |
|---|---|---|---|---|
`;


/** The tool of the examples. */
const exampleTool = `
The examples are calls for this tool, unless they say otherwise:

\`\`\`json
{"name": "get_weather", "parameters": {"type": "object", "properties": {
  "city": {"type": "string", "minLength": 2},
  "days": {"type": "integer", "maximum": 14},
  "unit": {"type": "string", "enum": ["celsius", "kelvin"]}}, "required": ["city"]}}
\`\`\`
`;

const unreadable = `# unreadable-record

A record that cannot be read.

The record is not JSON, or not of the dialect of the file; the rest of the file is read. A record that breaks off in the middle
keeps the samples before the break. It has no profile: what cannot be read is always an error. A record that holds no sample on
purpose, such as a row that is marked as a bad answer, is information.

Shown at: the character where reading stopped

Bad: \`{"instruction": "…", "input": "Hello", "output": }\`

[All rules](../rules.md)
`;

const moreFindings = `# more-findings

More was found in the file than an editor shows.

An editor takes at most 1,000 findings of a file and drops the rest without a word. So the worst 899 are shown, and this line
says how many more there are. All of them are in the view *Findings* of the editor, and \`looptool validate\` writes them.

[All rules](../rules.md)
`;

const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** docs/rules.md and a page of each rule, made of what the rules say of themselves; by path from the root. */
export function rulePages(): Readonly<Record<string, string>> {
  const rows = sorted.map(({ id, severity, docs }) => `| [${id}](rules/${id}.md) | ${severity.strict} | ${severity.recommended} | ${severity.lenient} | ${docs.summary} |\n`);
  const index = [head, '| [unreadable-record](rules/unreadable-record.md) | error | error | error | A record that cannot be read. |\n', ...rows].join('');
  const pages = [['unreadable-record', unreadable], ['more-findings', moreFindings], ...sorted.map((rule) => [rule.id, page(rule)] as const)];
  return { 'docs/rules.md': index, ...Object.fromEntries(pages.map(([id, text]) => [`docs/rules/${id}.md`, text])) };
}

function page({ id, docs, options, severity }: Rule): string {
  const lines = [`# ${id}\n`, docs.summary, '', docs.why, '', `Shown at: ${docs.shownAt}`, '', 'Good:', ...block(docs.good), '', 'Bad:', ...block(docs.bad)];
  if (/\b(city|days|unit|get_weather)\b/.test(`${docs.good}${docs.bad}`)) lines.push(exampleTool.trimEnd());
  lines.push('', '| profile | severity |', '|---|---|', ...profiles.map((profile) => `| ${profile} | ${severity[profile]} |`));
  for (const [name, text] of Object.entries(docs.options ?? {})) lines.push('', `Option \`${name}\` (${JSON.stringify(options?.[name] ?? null)}): ${text}`);
  lines.push('', `In looptool.json: \`{"lint": {"rules": {"${id}": "off"}}}\``, '', '[All rules](../rules.md)');
  return `${lines.join('\n')}\n`;
}

function block(text: string): string[] {
  return ['', '```', text, '```'];
}
