// Made by `npm run generate` from the files in checks/. Do not edit.
import { rule as argumentConstraint } from './checks/argumentConstraint.ts';
import { rule as argumentEnum } from './checks/argumentEnum.ts';
import { rule as argumentType } from './checks/argumentType.ts';
import { rule as missingArgument } from './checks/missingArgument.ts';
import { rule as noArguments } from './checks/noArguments.ts';
import { rule as unknownArgument } from './checks/unknownArgument.ts';
import { rule as unknownTool } from './checks/unknownTool.ts';
import { rule as unparsableLabel } from './checks/unparsableLabel.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  argumentConstraint,
  argumentEnum,
  argumentType,
  missingArgument,
  noArguments,
  unknownArgument,
  unknownTool,
  unparsableLabel,
];
