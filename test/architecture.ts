import { FOLDERS, folderOf, importsOf, type SourceFile, subfolderOf } from './tidy.ts'

/** What a folder's README says: its sentences, and a line for each of its subfolders. */
export interface Described {
  readonly about: string
  readonly subfolders: ReadonlyMap<string, string>
}

export function described(readme: string): Described {
  const [, about = '', list = ''] = readme.split(/\n\n+/).map((part) => part.trim())
  const lines = [...list.matchAll(/^- `([^`]+)\/`: ([^\n]+)$/gm)]
  return { about, subfolders: new Map(lines.map(([, name, text]) => [name!, text!])) }
}

/** What is said of the folders of one tree: all that has subfolders says of each what it is for. */
export function undescribed(files: readonly SourceFile[], folders: ReadonlyMap<string, Described>): string[] {
  const there = new Set(files.flatMap(({ path }) => subfolderOf(path) ?? []))
  return [
    ...FOLDERS.filter((folder) => !folders.get(folder)?.about).map(
      (folder) => `${folder} has no README.md with a sentence`,
    ),
    ...[...there].flatMap((path) => {
      const [folder, name] = path.split('/')
      return folders.get(folder!)?.subfolders.has(name!) ? [] : [`the README.md of ${folder} says nothing of ${name}/`]
    }),
    ...[...folders].flatMap(([folder, { subfolders }]) =>
      [...subfolders.keys()].flatMap((name) => (there.has(`${folder}/${name}`) ? [] : [`${folder}/${name}/ is gone`])),
    ),
  ]
}

/** The table of folders, in the order in which data flows. */
export function folderTable(files: readonly SourceFile[], folders: ReadonlyMap<string, Described>): string {
  const rows = FOLDERS.flatMap((folder) => {
    const { about, subfolders } = folders.get(folder)!
    const path = folder === 'properties' ? folder : `src/${folder}`
    const own = files.filter((file) => folderOf(file.path) === folder)
    const inner = [...subfolders].map(([name, text]) => {
      const here = own.filter((file) => subfolderOf(file.path) === `${folder}/${name}`)
      const uses = names(here.flatMap((file) => importsOf(file).map((target) => subfolderOf(target))))
      const below = uses.filter((one) => one.startsWith(`${folder}/`) && one !== `${folder}/${name}`)
      return `| ↳ \`${name}/\` | ${text} | ${below.map((one) => one.split('/')[1]).join(' ')} |`
    })
    const uses = names(own.flatMap((file) => importsOf(file).map(folderOf))).filter((one) => one !== folder)
    return [`| [\`${path}/\`](../${path}/README.md) | ${about} | ${uses.join(' ')} |`, ...inner]
  })
  return ['| folder | what it is for | imports from |', '|---|---|---|', ...rows].join('\n')
}

function names(found: readonly (string | undefined)[]): string[] {
  const all = new Set(found.filter((one) => one !== undefined))
  const rank = (one: string): number => FOLDERS.indexOf(one.split('/')[0]!)
  return [...all].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}
