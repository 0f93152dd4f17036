import { spawnSync } from 'node:child_process'
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

/** Its crates come from Debian's packages (librust-serde-json-dev, librust-serde-derive-dev), or from the registry. */
const RUST = `cargo build --release --quiet --offline --config 'source.crates-io.replace-with="debian"' \
  --config 'source.debian.directory="/usr/share/cargo/registry"' || cargo build --release --quiet`

export const adapters: readonly Adapter[] = [
  { language: 'TypeScript', file: 'typescript/external.ts', needs: [] },
  { language: 'Python', file: 'python/register.ts', needs: ['python3'] },
  { language: 'Go', file: 'go/register.ts', needs: ['go'], build: ['go', 'build', '-o', 'register', '.'] },
  { language: 'Rust', file: 'rust/register.ts', needs: ['cargo'], build: ['sh', '-c', RUST] },
  { language: 'Java', file: 'java/register.ts', needs: ['javac', 'java'], build: ['sh', '-c', 'javac *.java'] },
]

/** Builds it. Why it cannot be run on this machine; nothing where it can. */
export function lacking({ needs, file, build }: Adapter): string | undefined {
  const missing = needs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
  if (missing.length > 0) return `skipped, for there is no ${missing.join(', ')} here`
  const [program, ...flags] = build ?? []
  const built = program && spawnSync(program, flags, { cwd: join(ADAPTERS, file, '..'), encoding: 'utf8' })
  return built && built.status !== 0 ? `skipped, for it cannot be built here: ${built.stderr.trim()}` : undefined
}
