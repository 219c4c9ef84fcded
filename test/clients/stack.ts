import type { AssemblyEdit } from '#test/support/assembly.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

/** Keeps what is done before somebody says who they are, so that it can be compared as well. */
const KEEPING_ALL: AssemblyEdit = {
  template: (template) =>
    JSON.parse(JSON.stringify(template).replaceAll('"TIMELINE":"known"', '"TIMELINE":"all"')),
};

/** A stack that keeps the timeline of everybody, known or not. */
export const startKeepingStack = (assembly: string): Promise<StackProcess> =>
  startFreshStack(assembly, KEEPING_ALL);
