import { digest } from '../model/digest.ts'
import type { System } from './system.ts'

/** Names a state: equal states have equal digests, on any machine. */
export function digestOf(system: System): string {
  return digest(system)
}
