import { existsSync } from 'node:fs'
import type { Configuration, Properties, Subject } from '../../model/index.ts'
import { subject } from '../../protocols/subject.ts'
import type { Resolved } from './resolved.ts'

/** What names of files may be made of: a name from outside leads to no other folder. */
const NAME = /^[a-z][a-z0-9-]*$/
const ENDING = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** Of registered protocols only, so it stays as small as the registry. */
const loaded = new Map<string, Promise<Subject>>()

/**
 * One registered protocol with its properties, found by the names of the two files: to load them all takes longer than
 * a small search.
 *
 * @returns nothing for any other name
 */
export async function loadRegistered(name: string): Promise<Subject | undefined> {
  if (!NAME.test(name) || ![`../../protocols/${name}`, `../../../properties/${name}`].every(isThere)) return undefined
  const one = loaded.get(name) ?? load(name)
  loaded.set(name, one)
  return one
}

function isThere(stem: string): boolean {
  return existsSync(new URL(stem + ENDING, import.meta.url))
}

async function load(name: string): Promise<Subject> {
  const [file, own] = await Promise.all([
    import(`../../protocols/${name}.ts`),
    import(`../../../properties/${name}.ts`),
  ])
  const title = `${name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Properties`
  return subject(file, own[title] as Properties<any>)
}

/** `protocol`, `protocol/variant`, `protocol/setting` or `protocol/variant/setting`, if the subject has it. */
export function within(subject: Subject, asked: string): Resolved | undefined {
  const [, ...parts] = asked.split('/')
  let { protocol } = subject
  let configuration: Configuration = {}
  for (const [i, part] of parts.entries()) {
    const variant = i === 0 ? subject.variants.find(({ variantName }) => variantName === part) : undefined
    const setting = subject.properties.settings?.find((named) => named.name === part)
    if (variant) protocol = variant
    else if (setting && i === parts.length - 1) configuration = setting.configuration
    else return undefined
  }
  return { protocol, subject, configuration, found: protocol.subject, asked }
}
