import { compiled, variantsIn } from './compile.ts'
import type { Source } from './messages.ts'
import type { ExploredProtocol } from './session.ts'
import { claimsIn, configurationIn, type FormValues, flagsIn } from './setting-form.tsx'

/** What the playground brings with it. */
export interface PlaygroundData {
  /** Registered protocols with their files, by path. */
  readonly protocols: readonly { readonly name: string; readonly files: Readonly<Record<string, string>> }[]
  /** What an own protocol begins with. */
  readonly own: string
}

/** The one file of a protocol of the reader's own. */
export const OWN = 'my.ts'

/** A protocol in the editor: registered, or the reader's own where it has no name. */
export interface EditedProtocol {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  /** Paths of files that differ from those that the page has. */
  readonly changed: readonly string[]
  /** Paths of files that define other registered protocols, of which it uses parts. */
  readonly borrowed: readonly string[]
}

/** The files of a protocol as the page has them. */
export function originals({ protocols, own }: PlaygroundData, name: string): Readonly<Record<string, string>> {
  return name === '' ? { [OWN]: own } : (protocols.find((one) => one.name === name)?.files ?? {})
}

/** A protocol with some of its files changed; other files are none of it. */
export function edited(data: PlaygroundData, name: string, texts: Readonly<Record<string, string>>): EditedProtocol {
  const files = originals(data, name)
  const now = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, Object.hasOwn(texts, path) ? texts[path]! : text]),
  )
  const paths = Object.keys(files)
  const others = data.protocols.filter((one) => one.name !== name).map((one) => `src/protocols/${one.name}.ts`)
  return {
    ...{ name, files: now },
    changed: paths.filter((path) => now[path] !== files[path]),
    borrowed: paths.filter((path) => others.includes(path)),
  }
}

/** Its variants, as far as they can be read off the code. */
export function variantsOf({ files, borrowed }: EditedProtocol): string[] {
  return variantsIn(Object.fromEntries(Object.entries(files).filter(([path]) => !borrowed.includes(path))))
}

/**
 * What is opened in a worker.
 * @throws where the code cannot be read, or a field of the form
 */
export function explored(protocol: EditedProtocol, form: FormValues): ExploredProtocol {
  const { name, files, changed } = protocol
  const variant = form['variant'] || undefined
  const claims = claimsIn(form)
  const subject = [name === '' ? `./${OWN}` : name, ...(variant === undefined ? [] : [variant])].join('/')
  const isRegistered = name !== '' && changed.length === 0
  return {
    source: isRegistered ? { kind: 'registered', name: subject } : sourceOf(name, variant),
    code: isRegistered ? {} : compiled(files),
    configuration: configurationIn(form),
    command: ['turncoat explore', subject, ...flagsIn(form)].join(' '),
    ...(claims ? { claims } : {}),
    ...(name === '' ? { file: OWN } : {}),
  }
}

function sourceOf(name: string, variant: string | undefined): Source {
  const chosen = variant === undefined ? {} : { variant }
  return name === '' ? { kind: 'file', path: OWN, ...chosen } : { kind: 'changed', name, ...chosen }
}
