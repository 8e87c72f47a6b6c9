import { sha256Hex } from '../evidence/sha256.ts';
import { compileProcess } from './compile-process.ts';
import type { CompiledProcess } from './compiled-process.ts';
import { readModel } from './read-model.ts';

/**
 * Compiles a definition that was judged when it was deployed. It is not judged again: rules that became
 * stricter since must not take the ground from under instances that run on it. Null when it cannot be compiled.
 */
export function loadDefinition(source: string): CompiledProcess | null {
  const model = readModel(source);
  return model === null ? null : compileProcess(model, sha256Hex(source));
}
