// Compiled, never run: what is written by hand in types/ fits what the database has, and leaves nothing out.
import type { Database as Generated, Json } from "../../types/database.types.js";
import type { Requests, Results } from "../../types/index.js";

type Functions = Generated["public"]["Functions"];
type Name = keyof Functions;

/** For the service role alone, which `outbound doctor` has and no frontend. */
type OfOperators = "get_deployment_facts";

/** Compiles only when there is nothing in the type; else the compiler names it. */
type Nothing<T extends never> = T;

type ArgsOf<F extends Name> = Functions[F]["Args"];
type JsonAnswers = { [F in Name]: Json extends Functions[F]["Returns"] ? F : never }[Name];
/** Tables that functions make, of which nobody but us knows what may be null; rows of public tables are the tables' own. */
type Tables = {
  [F in Name]: Functions[F] extends { SetofOptions: unknown }
    ? never
    : Functions[F]["Returns"] extends unknown[]
      ? F
      : never;
}[Name];
type JsonArguments = {
  [F in Name]: {
    [A in keyof ArgsOf<F>]-?: Json extends ArgsOf<F>[A]
      ? F extends keyof Requests
        ? A extends keyof Requests[F]
          ? never
          : `${F}.${A & string}`
        : `${F}.${A & string}`
      : never;
  }[keyof ArgsOf<F>];
}[Name];
type WrongArguments = {
  [F in keyof Requests & Name]: keyof Requests[F] extends keyof ArgsOf<F>
    ? Requests[F] extends Pick<ArgsOf<F>, keyof Requests[F]>
      ? never
      : F
    : F;
}[keyof Requests & Name];

export type EveryJsonAnswerHasAShape = Nothing<Exclude<JsonAnswers | Tables, keyof Results | OfOperators>>;
export type EveryShapeIsOfAFunction = Nothing<Exclude<keyof Results | keyof Requests, Name>>;
export type EveryJsonArgumentHasAShape = Nothing<JsonArguments>;
export type EveryArgumentFitsItsFunction = Nothing<WrongArguments>;
