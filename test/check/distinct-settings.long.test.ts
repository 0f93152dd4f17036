import './distinct-settings.test.ts'
