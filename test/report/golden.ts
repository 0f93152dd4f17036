import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

const FOLDER = join(import.meta.dirname, 'golden')

/**
 * Compares a text with the one that was accepted before. `TURNCOAT_REWRITE_GOLDEN=1` accepts what there is now:
 * understand the difference first, and say in the commit why the new text is right.
 */
export function expectGolden(name: string, lines: readonly string[]): void {
  expectGoldenFile(`${name}.txt`, `${lines.join('\n')}\n`)
}

/** The same for a whole file of any kind. */
export function expectGoldenFile(file: string, text: string): void {
  const path = join(FOLDER, file)
  if (process.env['TURNCOAT_REWRITE_GOLDEN'] === '1') writeFileSync(path, text)
  const accepted = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const hint = `${file} differs. Understand the difference first; if it is right, run again with TURNCOAT_REWRITE_GOLDEN=1.`
  expect(text, hint).toBe(accepted)
}
