import { greeting } from '../greeting.ts'

/** Behind `GET /RegularUser`: whoever comes here has been judged by the authorizer. */
export const handler = async () => greeting('Hello from Regular User')
