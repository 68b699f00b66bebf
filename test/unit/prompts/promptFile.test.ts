import { describe, expect, it } from 'vitest';
import { readPromptFile, writePromptFile, type PromptFile } from '../../../src/core/llm/prompts/promptFile.ts';
import { builtInPrompts, promptDefinitions, promptNames, type PromptName } from '../../../src/core/llm/prompts/promptSet.ts';
import { versionLabel } from '../../../src/core/llm/prompts/template.ts';
import { lineDiff } from '../../../src/core/text/lineDiff.ts';

const calls = writePromptFile('judge.calls');
/** Number of the line that begins so. */
const lineOf = (start: string): number => calls.split('\n').findIndex((line) => line.startsWith(start)) + 1;
/** Without its notes, which name the same words. */
const bare = calls.replace(/<!--[^]*?-->\n\n/u, '');
const shift = calls.split('\n').length - bare.split('\n').length;

function problems(text: string, name: PromptName = 'judge.calls'): readonly string[] {
  const read = readPromptFile(name, text);
  return read.ok ? [] : read.problems.map(({ line, message }) => `${line} ${message}`);
}

function template(read: PromptFile) {
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return read.template;
}

describe('a prompt as a file', () => {
  it.each(promptNames)('is the shipped one when nothing was changed: %s', async (name) => {
    const text = writePromptFile(name);
    expect(readPromptFile(name, text)).toEqual({ ok: true, name, template: builtInPrompts[name], newer: undefined });
    await expect(text).toMatchFileSnapshot(`../../golden/prompts/${name}.md`);
  });

  it.each(promptNames)('is the shipped one with the line ends of Windows, a byte order mark and other notes: %s', (name) => {
    const text = `\ufeff${writePromptFile(name).replace('<!--', '<!-- mine:\n').replaceAll('\n', '\r\n')}\r\n\r\n`;
    expect(template(readPromptFile(name, text))).toEqual(builtInPrompts[name]);
  });

  it('is a version of its own when its text was changed', () => {
    const own = template(readPromptFile('judge.calls', calls.replace('Completeness:', 'Completeness of the answer:')));
    expect(own).toMatchObject({ name: 'judge.calls', version: 'judge-2', own: true });
    expect(versionLabel(own)).toBe(`judge-2~${own.hash.slice(4, 12)}`);
    expect(own.hash).not.toBe(builtInPrompts['judge.calls'].hash);
  });

  it('may leave out what is optional', () => {
    const text = calls.replace('{{examples_note}}\n\n', '').replace('{{examples}}\n\n', '').replace(/slots:.*/u, 'slots: task, tools, conversation, answer_1, answer_2');
    expect(template(readPromptFile('judge.calls', text)).own).toBe(true);
  });

  it('of an older version says that there is a newer one', () => {
    const old = calls.replace('version: judge-2', 'version: judge-1').replace('Completeness:', 'Whole:');
    expect(readPromptFile('judge.calls', old)).toMatchObject({ ok: true, newer: 'judge-2', template: { version: 'judge-1', own: true } });
    const hash = template(readPromptFile('judge.calls', old)).hash;
    expect(readPromptFile('judge.calls', old.replace(/hash: .*/u, `hash: ${hash}`))).toMatchObject({ ok: true, newer: 'judge-2', template: { version: 'judge-1', own: false } });
  });
});

describe('what keeps a file from being used is said with its line', () => {
  const wrong: readonly (readonly [string, string, RegExp, number])[] = [
    ['a required slot is lost', calls.replace('{{answer_2}}\n', ''), /The slot \{\{answer_2\}\} is missing: without it the model is not shown the other side/u, lineOf('# User')],
    ['a slot that there is not', calls.replace('{{answer_1}}', '{{answer_3}}'), /There is no slot "answer_3" in this prompt; its slots are task, examples/u, lineOf('{{answer_1}}')],
    ['an unknown slot in the front matter', calls.replace('slots: task', 'slots: tasks'), /There is no slot "tasks"/u, lineOf('slots:')],
    ['a slot in a sentence', calls.replace('{{tools}}', 'Tools: {{tools}}'), /\{\{tools\}\} has to stand alone on its line/u, lineOf('{{tools}}')],
    ['a slot twice', calls.replace('{{tools}}', '{{tools}}\n\n{{tools}}'), /\{\{tools\}\} stands twice/u, lineOf('{{tools}}') + 2],
    ['a fence around data', calls.replace('{{tools}}', '```\n{{tools}}\n```'), /\{\{tools\}\} stands inside of a fence that the text opened/u, lineOf('{{tools}}') + 1],
    ['data among instructions', calls.replace('{{examples}}\n\n', '').replace('{{examples_note}}', '{{examples}}'), /holds data, which belongs behind "# User"/u, lineOf('{{examples_note}}')],
    ['a verdict word is lost', bare.replaceAll('ANSWER_2_WRONG', 'SECOND_WRONG'), /names ANSWER_2_WRONG nowhere \(a verdict word\)/u, lineOf('# System') - shift],
    ['a member of the reply is lost', bare.replace('"verdict"', '"word"'), /names "verdict" nowhere/u, lineOf('# System') - shift],
    ['no front matter', calls.replace(/^---[^]*?---\n/u, ''), /has to begin with front matter/u, 1],
    ['no end of the front matter', calls.replace(/\n---\n/u, '\n'), /The front matter has no end/u, 1],
    ['no version', calls.replace(/version: .*\n/u, ''), /The front matter has no "version"/u, 1],
    ['a version of another prompt', calls.replace('version: judge-2', 'version: mine'), /"mine" is no version of this prompt/u, lineOf('version:')],
    ['another name', calls.replace('name: judge.calls', 'name: judge.texts'), /The file is called judge\.calls\.md, and its front matter says "name: judge\.texts"/u, lineOf('name:')],
    ['an unknown key', calls.replace('hash:', 'author: me\nhash:'), /The front matter has only name, version, hash, slots/u, lineOf('hash:')],
    ['a key twice', calls.replace('hash:', 'name: judge.calls\nhash:'), /"name" stands twice/u, lineOf('hash:')],
    ['no user message', calls.replace('\n# User\n', '\n## User\n'), /There is no line "# User"/u, lineOf('slots:') + 1],
    ['two system messages', calls.replace('\n# User\n', '\n# System\n\n# User\n'), /"# System" stands twice/u, lineOf('# User')],
    ['the messages in the other order', calls.replace('\n# System\n', '\n# X\n').replace('\n# User\n', '\n# System\n').replace('\n# X\n', '\n# User\n'), /"# User" has to stand behind "# System"/u, lineOf('# System')],
  ];
  it.each(wrong)('%s', (_case, text, message, line) => {
    const found = problems(text);
    expect(found.filter((problem) => message.test(problem)).map((problem) => Number(/^\d+/u.exec(problem)?.[0]))).toEqual([line]);
    expect(found.length).toBeLessThan(3);
  });

  it('and never by an exception', () => {
    for (const text of ['', '---', '---\n---', '# System\n# User', '\u0000', '{{', '---\n:\n---\n# User\n# System']) for (const name of promptNames) expect(problems(text, name)).not.toEqual([]);
  });

  it('tells CORRECT from INCORRECT', () => {
    const text = writePromptFile('critique').replaceAll(/(?<!IN)CORRECT(?!\w)/gu, 'RIGHT');
    expect(problems(text, 'critique').join()).toContain('names CORRECT nowhere');
  });
});

it('the shipped prompts hold their own anchors and slots', () => {
  for (const name of promptNames) {
    const { slots, user, system } = promptDefinitions[name];
    for (const slot of Object.keys(slots)) expect(`${system}\n${user}`).toContain(`{{${slot}}}`);
    expect(problems(writePromptFile(name), name)).toEqual([]);
  }
});

it('differences are shown line by line', () => {
  expect(lineDiff('p.md', 'a\nb\nc\nd\n', 'a\nB\nc\nd\ne\n')).toBe('--- a/p.md\n+++ b/p.md\n@@ -1,4 +1,5 @@\n a\n-b\n+B\n c\n d\n+e\n');
  expect(lineDiff('p.md', calls, calls)).toBe('');
});
