import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Location } from 'vscode-languageserver/node';
import { pathOf } from '../projects.ts';
import { rangeIn } from '../ranges.ts';
import type { RecordView } from './recordView.ts';
import { LiveText } from '../text/liveText.ts';

/** Catalogues beyond this are not read for one look-up. */
const mostCharacters = 20_000_000;

/** Where a tool is named in a file that its record is read with: undefined where no such file is on this disk or names it. */
export async function companionDefinition(uri: string, record: RecordView, name: string): Promise<Location | undefined> {
  const own = pathOf(uri);
  if (own === undefined) return undefined;
  for (const { path } of record.companions.tools) {
    const file = resolve(dirname(own), path);
    const text = await readFile(file, 'utf8').catch(() => '');
    const at = text.length > mostCharacters ? undefined : placeOfName(text, name);
    if (at === undefined) continue;
    const document = new LiveText('', 'json', 0, text);
    return { uri: pathToFileURL(file).href, range: rangeIn({ document }, { start: at, end: at + JSON.stringify(name).length - 2 }) };
  }
  return undefined;
}

/** As the value of what says the name of a tool, else as the key of a definition; without its quotes. */
function placeOfName(text: string, name: string): number | undefined {
  const written = JSON.stringify(name);
  let key: number | undefined;
  for (let at = text.indexOf(written); at >= 0; at = text.indexOf(written, at + 1)) {
    if (/"(?:name|api_name|tool_name)"\s*:\s*$/.test(text.slice(Math.max(0, at - 40), at))) return at + 1;
    if (key === undefined && /^\s*:\s*\{/.test(text.slice(at + written.length, at + written.length + 40))) key = at + 1;
  }
  return key;
}
