import { greeting } from '../greeting.ts'

/** Behind `GET /AdminUser`: whoever comes here has been judged by the authorizer. */
export const handler = async () => greeting('Hello from Admin User')
