import type { FoundServer } from '../../protocol/serverReport.ts';
import { serverTitles, usualPorts } from '../../node/servers/serverKnowledge.ts';

/** What answers on this machine, with the entries to paste into looptool.json. */
export function discoveryText(found: readonly FoundServer[]): string {
  const looked = `Looked at 127.0.0.1, ports ${usualPorts.map(({ port }) => port).join(', ')}.`;
  if (found.length === 0) return `${looked} Nothing answers there. Servers elsewhere: looptool doctor --url http://HOST:PORT/v1`;
  return [looked, ...found.map(foundText)].join('\n\n');
}

function foundText({ baseUrl, kind, version, models, needsKey, loading, remark, endpoint }: FoundServer): string {
  const title = endpoint === null && models === null && !loading ? '' : [serverTitles[kind], version].filter(Boolean).join(' ');
  const says = [title, loading ? 'loading its model' : '', needsKey ? 'asks for a key' : '', remark ?? ''].filter((part) => part !== '').join(', ');
  const listed = models === null || models.length === 0 ? [] : [`  models: ${models.slice(0, 8).join(', ')}${models.length > 8 ? ` and ${models.length - 8} more` : ''}`];
  const entry = endpoint === null ? [] : ['  for "endpoints" in looptool.json:', `    "policy": ${JSON.stringify(endpoint)}`];
  return [`${baseUrl}: ${says}`, ...listed, ...entry].join('\n');
}
