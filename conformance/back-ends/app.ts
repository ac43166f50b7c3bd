import { App, Stack } from 'aws-cdk-lib'
import { clockwork, sealed, tables, watched, workflows } from './stacks.ts'

/** The five back ends as an app for the `cdk` command line. */
const app = new App()
tables(new Stack(app, 'BackEndTables'))
workflows(new Stack(app, 'BackEndWorkflows'))
clockwork(new Stack(app, 'BackEndClockwork'))
sealed(new Stack(app, 'BackEndSealed'))
watched(new Stack(app, 'BackEndWatched'))
