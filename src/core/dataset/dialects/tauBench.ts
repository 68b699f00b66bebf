import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { Companions } from '../companions.ts';
import type { Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { isMessageList } from '../reading/chatDetection.ts';
import { readChatRecord, refusal } from '../reading/chatRecord.ts';
import { relabelMessage } from '../reading/chatRows.ts';
import { noTools, readToolBlock, type ToolBlock } from '../reading/toolBlock.ts';

/** Trajectories of tau-bench: chat messages under `traj`. The tools are the domain's, which only the system message names. */
export const dialect: Dialect = {
  id: 'tau-bench',
  name: 'tau-bench trajectories',
  companions: [
    { role: 'tools', paths: ['airline_tools.json'] },
    { role: 'tools', paths: ['retail_tools.json'] },
  ],
  detect,
  read,
  relabel: relabelMessage,
};

function detect(record: JsonValue): number {
  return isMessageList(member(record, 'traj')) ? 1 : 0;
}

function read(record: JsonValue, { steps, companions }: ReadOptions): RecordReading {
  const list = member(record, 'traj');
  if (!isJsonArray(list)) return refusal([], 'a trajectory needs a list of messages under traj');
  const tools = domainTools(companions, textMember(list[0], 'content') ?? '');
  const unheld = ['reward', 'info'].filter((key) => member(record, key) !== undefined);
  return readChatRecord(record, { lists: [{ list, path: ['traj'] }], steps, tools: { tools, path: [] }, unheld });
}

const blocks = new WeakMap<readonly JsonValue[], ToolBlock>();

/** The tools of the file whose name starts with the domain: `# Airline Agent Policy` begins the system message of one. */
function domainTools(companions: Companions, system: string): ToolBlock {
  const domain = /^#\s*(\w+)\s/.exec(system)?.[1]?.toLowerCase();
  const file = companions.tools.find(({ stem }) => domain !== undefined && stem.toLowerCase().startsWith(domain));
  if (file === undefined) return noTools;
  const known = blocks.get(file.records);
  if (known !== undefined) return known;
  const read = readToolBlock(file.records.flatMap((item) => (isJsonArray(item) ? item : isJsonObject(item) ? (listMember(item, 'tools') ?? [item]) : [])));
  const block: ToolBlock = { tools: read.tools, paths: read.tools.map(() => []) };
  blocks.set(file.records, block);
  return block;
}
