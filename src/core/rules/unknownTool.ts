import type { Rule } from './rule.ts';

/** The label calls a tool that the sample does not show. Where a sample shows none at all, the tools may merely be lost. */
export const unknownTool: Rule = {
  id: 'unknown-tool',
  severity: 'error',
  check({ read, violations, places }) {
    const toolless = read.sample.tools.length === 0;
    return violations
      .filter((violation) => violation.kind === 'unknown-tool')
      .map((violation) => ({
        range: places.name(violation.call),
        message: toolless ? `${JSON.stringify(violation.tool)} is called, but the sample shows no tools` : violation.message,
        ...(toolless ? { severity: 'warning' as const } : {}),
      }));
  },
};
