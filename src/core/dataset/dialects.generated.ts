// Made by `npm run generate` from the files in dialects/. Do not edit.
import { dialect as bfcl } from './dialects/bfcl.ts';
import { dialect as bfclMultiTurn } from './dialects/bfclMultiTurn.ts';
import { dialect as looptool } from './dialects/looptool.ts';
import { dialect as openaiChat } from './dialects/openaiChat.ts';
import type { Dialect } from './dialect.ts';

export const dialects: readonly Dialect[] = [
  bfcl,
  bfclMultiTurn,
  looptool,
  openaiChat,
];
