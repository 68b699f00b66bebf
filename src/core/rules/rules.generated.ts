// Made by `npm run generate` from the files in checks/. Do not edit.
import { rule as addedDetail } from './checks/addedDetail.ts';
import { rule as argumentConstraint } from './checks/argumentConstraint.ts';
import { rule as argumentEnum } from './checks/argumentEnum.ts';
import { rule as argumentEqualsDefault } from './checks/argumentEqualsDefault.ts';
import { rule as argumentType } from './checks/argumentType.ts';
import { rule as benchmarkLeak } from './checks/benchmarkLeak.ts';
import { rule as brokenText } from './checks/brokenText.ts';
import { rule as contradictingLabels } from './checks/contradictingLabels.ts';
import { rule as contradictoryAnswers } from './checks/contradictoryAnswers.ts';
import { rule as dateValue } from './checks/dateValue.ts';
import { rule as defaultConflict } from './checks/defaultConflict.ts';
import { rule as describedFormat } from './checks/describedFormat.ts';
import { rule as duplicateCall } from './checks/duplicateCall.ts';
import { rule as duplicateSample } from './checks/duplicateSample.ts';
import { rule as duplicateTool } from './checks/duplicateTool.ts';
import { rule as enumAgainstRequest } from './checks/enumAgainstRequest.ts';
import { rule as enumOfAnotherType } from './checks/enumOfAnotherType.ts';
import { rule as inventedName } from './checks/inventedName.ts';
import { rule as leakedSpecialTokens } from './checks/leakedSpecialTokens.ts';
import { rule as listCutShort } from './checks/listCutShort.ts';
import { rule as mergedCalls } from './checks/mergedCalls.ts';
import { rule as miscopiedValue } from './checks/miscopiedValue.ts';
import { rule as missingArgument } from './checks/missingArgument.ts';
import { rule as nameAsId } from './checks/nameAsId.ts';
import { rule as nearDuplicateSample } from './checks/nearDuplicateSample.ts';
import { rule as neighboursValue } from './checks/neighboursValue.ts';
import { rule as noArguments } from './checks/noArguments.ts';
import { rule as noCallThoughToolFits } from './checks/noCallThoughToolFits.ts';
import { rule as nullArgument } from './checks/nullArgument.ts';
import { rule as optionLeftOut } from './checks/optionLeftOut.ts';
import { rule as pairedLists } from './checks/pairedLists.ts';
import { rule as personalData } from './checks/personalData.ts';
import { rule as placeholderValue } from './checks/placeholderValue.ts';
import { rule as proseBesideCall } from './checks/proseBesideCall.ts';
import { rule as quotedValue } from './checks/quotedValue.ts';
import { rule as restatedTool } from './checks/restatedTool.ts';
import { rule as roleOrder } from './checks/roleOrder.ts';
import { rule as secret } from './checks/secret.ts';
import { rule as severalNumbers } from './checks/severalNumbers.ts';
import { rule as stringTypedValue } from './checks/stringTypedValue.ts';
import { rule as swappedArguments } from './checks/swappedArguments.ts';
import { rule as toolDrift } from './checks/toolDrift.ts';
import { rule as toolResults } from './checks/toolResults.ts';
import { rule as toolSchema } from './checks/toolSchema.ts';
import { rule as truncatedLabel } from './checks/truncatedLabel.ts';
import { rule as typographicAnswer } from './checks/typographicAnswer.ts';
import { rule as uncalledTool } from './checks/uncalledTool.ts';
import { rule as ungroundedDate } from './checks/ungroundedDate.ts';
import { rule as ungroundedFlag } from './checks/ungroundedFlag.ts';
import { rule as ungroundedNumber } from './checks/ungroundedNumber.ts';
import { rule as ungroundedText } from './checks/ungroundedText.ts';
import { rule as unitMismatch } from './checks/unitMismatch.ts';
import { rule as unknownArgument } from './checks/unknownArgument.ts';
import { rule as unknownTool } from './checks/unknownTool.ts';
import { rule as unparsableLabel } from './checks/unparsableLabel.ts';
import { rule as unusedMention } from './checks/unusedMention.ts';
import { rule as unusedNumber } from './checks/unusedNumber.ts';
import { rule as wrappedValue } from './checks/wrappedValue.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  addedDetail,
  argumentConstraint,
  argumentEnum,
  argumentEqualsDefault,
  argumentType,
  benchmarkLeak,
  brokenText,
  contradictingLabels,
  contradictoryAnswers,
  dateValue,
  defaultConflict,
  describedFormat,
  duplicateCall,
  duplicateSample,
  duplicateTool,
  enumAgainstRequest,
  enumOfAnotherType,
  inventedName,
  leakedSpecialTokens,
  listCutShort,
  mergedCalls,
  miscopiedValue,
  missingArgument,
  nameAsId,
  nearDuplicateSample,
  neighboursValue,
  noArguments,
  noCallThoughToolFits,
  nullArgument,
  optionLeftOut,
  pairedLists,
  personalData,
  placeholderValue,
  proseBesideCall,
  quotedValue,
  restatedTool,
  roleOrder,
  secret,
  severalNumbers,
  stringTypedValue,
  swappedArguments,
  toolDrift,
  toolResults,
  toolSchema,
  truncatedLabel,
  typographicAnswer,
  uncalledTool,
  ungroundedDate,
  ungroundedFlag,
  ungroundedNumber,
  ungroundedText,
  unitMismatch,
  unknownArgument,
  unknownTool,
  unparsableLabel,
  unusedMention,
  unusedNumber,
  wrappedValue,
];
