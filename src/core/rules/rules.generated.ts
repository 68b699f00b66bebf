// Made by `npm run generate` from the files in checks/. Do not edit.
import { rule as argumentConstraint } from './checks/argumentConstraint.ts';
import { rule as argumentEnum } from './checks/argumentEnum.ts';
import { rule as argumentType } from './checks/argumentType.ts';
import { rule as benchmarkLeak } from './checks/benchmarkLeak.ts';
import { rule as brokenText } from './checks/brokenText.ts';
import { rule as contradictingLabels } from './checks/contradictingLabels.ts';
import { rule as duplicateSample } from './checks/duplicateSample.ts';
import { rule as duplicateTool } from './checks/duplicateTool.ts';
import { rule as leakedSpecialTokens } from './checks/leakedSpecialTokens.ts';
import { rule as missingArgument } from './checks/missingArgument.ts';
import { rule as nearDuplicateSample } from './checks/nearDuplicateSample.ts';
import { rule as noArguments } from './checks/noArguments.ts';
import { rule as personalData } from './checks/personalData.ts';
import { rule as proseBesideCall } from './checks/proseBesideCall.ts';
import { rule as roleOrder } from './checks/roleOrder.ts';
import { rule as secret } from './checks/secret.ts';
import { rule as toolDrift } from './checks/toolDrift.ts';
import { rule as toolResults } from './checks/toolResults.ts';
import { rule as toolSchema } from './checks/toolSchema.ts';
import { rule as truncatedLabel } from './checks/truncatedLabel.ts';
import { rule as unknownArgument } from './checks/unknownArgument.ts';
import { rule as unknownTool } from './checks/unknownTool.ts';
import { rule as unparsableLabel } from './checks/unparsableLabel.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  argumentConstraint,
  argumentEnum,
  argumentType,
  benchmarkLeak,
  brokenText,
  contradictingLabels,
  duplicateSample,
  duplicateTool,
  leakedSpecialTokens,
  missingArgument,
  nearDuplicateSample,
  noArguments,
  personalData,
  proseBesideCall,
  roleOrder,
  secret,
  toolDrift,
  toolResults,
  toolSchema,
  truncatedLabel,
  unknownArgument,
  unknownTool,
  unparsableLabel,
];
