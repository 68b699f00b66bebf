// Made by `npm run generate` from the files in dialects/. Do not edit.
import { dialect as acebench } from './dialects/acebench.ts';
import { dialect as apiBank } from './dialects/apiBank.ts';
import { dialect as bfcl } from './dialects/bfcl.ts';
import { dialect as bfclMultiTurn } from './dialects/bfclMultiTurn.ts';
import { dialect as callNavi } from './dialects/callNavi.ts';
import { dialect as companion } from './dialects/companion.ts';
import { dialect as looptool } from './dialects/looptool.ts';
import { dialect as nestful } from './dialects/nestful.ts';
import { dialect as openaiChat } from './dialects/openaiChat.ts';
import { dialect as rotBench } from './dialects/rotBench.ts';
import { dialect as sealTools } from './dialects/sealTools.ts';
import { dialect as tau2Tasks } from './dialects/tau2Tasks.ts';
import { dialect as tauFewShot } from './dialects/tauFewShot.ts';
import { dialect as toolAlpaca } from './dialects/toolAlpaca.ts';
import { dialect as toolBench } from './dialects/toolBench.ts';
import { dialect as toolTalk } from './dialects/toolTalk.ts';
import type { Dialect } from './dialect.ts';

export const dialects: readonly Dialect[] = [
  acebench,
  apiBank,
  bfcl,
  bfclMultiTurn,
  callNavi,
  companion,
  looptool,
  nestful,
  openaiChat,
  rotBench,
  sealTools,
  tau2Tasks,
  tauFewShot,
  toolAlpaca,
  toolBench,
  toolTalk,
];
