import { recordTools, type RecordTools } from '../../core/dataset/recordTools.ts';
import type { RecordView } from './recordView.ts';

const known = new WeakMap<RecordView, RecordTools>();

/** The tools, calls and results of a record, found once for each view. */
export function toolsOf(record: RecordView): RecordTools {
  let tools = known.get(record);
  if (tools === undefined) known.set(record, (tools = recordTools(record.locator, record.samples, record.value)));
  return tools;
}
