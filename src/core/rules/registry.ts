import { argumentConstraint } from './argumentConstraint.ts';
import { argumentEnum } from './argumentEnum.ts';
import { argumentType } from './argumentType.ts';
import { missingArgument } from './missingArgument.ts';
import { noArguments } from './noArguments.ts';
import type { Rule } from './rule.ts';
import { unknownArgument } from './unknownArgument.ts';
import { unknownTool } from './unknownTool.ts';
import { unparsableLabel } from './unparsableLabel.ts';

/** Every rule on single samples, described in docs/rules.md. `unreadable-record` stands apart: it has no sample. */
export const rules: readonly Rule[] = [unparsableLabel, noArguments, unknownTool, missingArgument, unknownArgument, argumentType, argumentEnum, argumentConstraint];
