// Made by `npm run generate` from the files in dialects/. Do not edit.
import { dialect as looptool } from './dialects/looptool.ts';
import { dialect as mistral } from './dialects/mistral.ts';
import { dialect as openaiChat } from './dialects/openaiChat.ts';
import { dialect as trl } from './dialects/trl.ts';
import type { Dialect } from './dialect.ts';

export const dialects: readonly Dialect[] = [
  looptool,
  mistral,
  openaiChat,
  trl,
];
