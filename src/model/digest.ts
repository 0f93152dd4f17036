import { createHash } from 'node:crypto'
import { canonical } from './json.ts'

/** Sixteen hexadecimal digits that name a value: the first 64 bits of the SHA-256 of its canonical text. */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16)
}
