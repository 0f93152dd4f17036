import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

export const ADAPTERS = join(import.meta.dirname, '../../examples/adapters')
export const MODEL = join(ADAPTERS, 'typescript/register.ts')

/** The register in another language, and what has to be there to run it. */
export interface Adapter {
  readonly language: string
  readonly file: string
  readonly needs: readonly string[]
  /** What makes the program, in its folder. */
  readonly build?: readonly string[]
}

export const adapters: readonly Adapter[] = [
  { language: 'TypeScript', file: 'typescript/external.ts', needs: [] },
  { language: 'Python', file: 'python/register.ts', needs: ['python3'] },
  { language: 'Go', file: 'go/register.ts', needs: ['go'], build: ['go', 'build', '-o', 'register', '.'] },
]

/** Why it cannot be run on this machine; nothing where it can. */
export function lacking({ needs }: Adapter): string | undefined {
  const missing = needs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
  return missing.length > 0 ? `skipped, for there is no ${missing.join(', ')} here` : undefined
}

export function build({ file, build }: Adapter): void {
  const [program, ...flags] = build ?? []
  if (program) execFileSync(program, flags, { cwd: join(ADAPTERS, file, '..'), stdio: 'inherit' })
}
