import { isJsonObject } from '../json/value.ts';
import { nodeValue } from '../json/tree.ts';
import { objectOf } from '../json/parse.ts';
import { decodeBfclCalls, type DecodedCalls } from './bfclCalls.ts';
import { readPythonCalls } from './python/pythonCallText.ts';
import { skipPythonBlanks } from './python/pythonLiteral.ts';

export type PythonCalls = DecodedCalls;

/**
 * A text that is a list of Python calls, or calls without brackets. `lenient` takes tools' names as datasets have them, with
 * blanks and hyphens, and literals of Python and JSON alike; `bfcl` reads what BFCL's own decoder reads (`decodeBfclCalls`).
 */
export function parsePythonCalls(text: string, options: { readonly mode: 'bfcl' | 'lenient' }): PythonCalls {
  if (options.mode === 'bfcl') return decodeBfclCalls(text);
  const read = readPythonCalls(text, 0);
  if (!read.ok) return { ok: false, message: read.message };
  if (read.problem !== undefined) return { ok: false, message: read.problem };
  const after = skipPythonBlanks(text, read.end);
  if (after < text.length) return { ok: false, message: 'something other than calls follows them' };
  const calls = read.calls.map(({ node }) => {
    const name = node.members[0]?.value;
    const args = node.members[1] === undefined ? undefined : nodeValue(node.members[1].value);
    return { name: name?.kind === 'string' ? name.value : '', arguments: args !== undefined && isJsonObject(args) ? args : objectOf([]) };
  });
  return { ok: true, calls, warnings: read.warnings };
}
