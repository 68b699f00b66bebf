import type { TextKinds } from '../core/config/projectConfig.ts';
import { compileTextKinds, type CompiledTextKinds } from '../core/toolcall/textKinds.ts';

/** The world's text answers, as `looptool.json` of the sample project tells them apart. */
export const demoTextKinds: TextKinds = { ask: ['^which (?<argument>\\w+)$'], decline: ['^no tool fits$'] };

export const compiledDemoTextKinds: CompiledTextKinds = compileTextKinds(demoTextKinds);
