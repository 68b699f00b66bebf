import type { ToolCall, ToolDefinition } from '../dataset/sample.ts';
import { nameKey } from '../toolcall/canonicalCall.ts';
import type { PlanNode } from './plan.ts';
import { toolPlan } from './validate.ts';
import { isValid } from './verdict.ts';

/** The tools that carry one name; more than one where the dataset defines it twice. */
export class NamedTools {
  private made: readonly PlanNode[] | undefined;

  constructor(readonly tools: ToolDefinition[]) {}

  /** Plans are made when the name is first called: most tools of a sample never are. */
  get plans(): readonly PlanNode[] {
    return (this.made ??= this.tools.map(toolPlan));
  }

  accepts(call: ToolCall): boolean {
    for (const plan of this.plans) if (isValid(plan, call.arguments)) return true;
    return false;
  }
}

/** Tools by name. Names agree when they do so after trimming and NFC; the exact one goes first. */
export class ToolTable {
  private readonly byName = new Map<string, NamedTools>();
  private byKey: ReadonlyMap<string, NamedTools> | undefined;

  constructor(tools: readonly ToolDefinition[]) {
    for (const tool of tools) {
      const same = this.byName.get(tool.name);
      if (same === undefined) this.byName.set(tool.name, new NamedTools([tool]));
      else same.tools.push(tool);
    }
  }

  find(name: string): NamedTools | undefined {
    const exact = this.byName.get(name);
    if (exact !== undefined) return exact;
    this.byKey ??= new Map([...this.byName].map(([own, named]) => [nameKey(own), named]));
    return this.byKey.get(nameKey(name));
  }

  names(): Iterable<string> {
    return this.byName.keys();
  }
}

const tables = new WeakMap<readonly ToolDefinition[], ToolTable>();

/** The table of a list of tools, made once for each list: one list serves many samples. */
export function toolTable(tools: readonly ToolDefinition[]): ToolTable {
  const known = tables.get(tools);
  if (known !== undefined) return known;
  const made = new ToolTable(tools);
  tables.set(tools, made);
  return made;
}
