/**
 * What `npm run build` does behind the compilers: schemas and fonts, and of the declarations only those
 * that a program of a user's can come to: the others are a third of the package.
 */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'

for (const file of ['trace.schema.json', 'wire.schema.json']) copyFileSync(file, join('dist', file))
cpSync('fonts', 'dist/fonts', { recursive: true })
chmodSync('dist/src/cli/main.js', 0o755)

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const reached = new Set()
const come = (file) => {
  if (reached.has(file)) return
  if (!existsSync(file)) throw new Error(`${file} is exported or imported, and was not built`)
  reached.add(file)
  // Comments have examples, which import what is the reader's.
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)) {
    if (!target.endsWith('.json')) come(resolve(dirname(file), target.replace(/\.(?:js|ts)$/, '.d.ts')))
  }
}
for (const { types } of Object.values(exports)) if (types) come(resolve(types))
for (const name of readdirSync('dist', { recursive: true })) {
  const file = resolve('dist', name)
  if (name.endsWith('.d.ts') && !reached.has(file)) rmSync(file)
}

const { outputSchemas, outputSchemaText } = await import('../dist/src/report/schemas/index.js')
mkdirSync('dist/schemas', { recursive: true })
for (const name of Object.keys(outputSchemas)) writeFileSync(`dist/schemas/${name}.schema.json`, outputSchemaText(name))
