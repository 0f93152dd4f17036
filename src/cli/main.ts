#!/usr/bin/env node
import { supervise } from './supervise.ts'

process.exit(await supervise(process.argv.slice(2)))
