import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { ProtocolFile } from '../../campaign/shard.ts'
import { UsageError } from '../../model/index.ts'
import { packageFolder } from './package-folder.ts'

const IMPORTED = /\b(?:from|import|require)\s*\(?\s*['"](\.[^'"]+)['"]/g
/** What an import without an ending, or with that of the built file, may stand for. */
const ENDINGS = ['', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.json', '/index.ts', '/index.js']

/**
 * A protocol's file by the digest of its text and of the texts that it imports by relative paths, theirs included.
 * Its place is no part of it. What packages it imports is not looked at.
 */
export function protocolFile(asked: string, cwd: string): ProtocolFile {
  const path = resolve(cwd, asked)
  const texts: string[] = []
  const seen = new Set<string>()
  const read = (file: string, from: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const text = textOf(file)
    if (text === undefined) throw new UsageError(`${from} cannot be read`, 'check the path, and who may read it')
    texts.push(text)
    for (const [, name] of text.matchAll(IMPORTED)) {
      const target = resolve(dirname(file), name!)
      const plain = target.replace(/\.[mc]?js$/, '')
      const found = [target, plain].flatMap((stem) => ENDINGS.map((ending) => stem + ending)).find(isText)
      // A comment may hold what looks like an import.
      if (found !== undefined) read(found, name!)
    }
  }
  read(path, asked)
  return { path, digest: hashed(texts) }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const isText = (path: string): boolean => textOf(path) !== undefined

function hashed(texts: readonly string[]): string {
  const hash = createHash('sha256')
  // With its length before it, no text can pass for two.
  for (const text of texts) hash.update(`${text.length}\n${text}`)
  return hash.digest('hex')
}

/** A digest of this program: a version that somebody is working on is another one after each change. */
export function buildDigest(): string {
  const folder = join(packageFolder(), import.meta.url.endsWith('.js') ? 'dist' : '')
  const ending = /\.(?:js|ts)$/
  const texts = ['src', 'properties'].flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => ending.test(file) && !file.endsWith('.d.ts'))
      .sort()
      .flatMap((file) => [file, readFileSync(join(folder, name, file), 'utf8')]),
  )
  return hashed(texts).slice(0, 12)
}
