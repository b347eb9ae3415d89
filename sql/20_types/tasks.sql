-- Work for ServiceTitan. The order of the kinds is the order of urgency: a hold keeps people waiting, a watch
-- calls off what must not be said any more, a preview keeps somebody who looks at a screen.
create type engine.task_kind as enum ('hold', 'watch', 'preview', 'catalogue', 'refresh');
comment on type engine.task_kind is 'What a task does, the most urgent first.';

create type engine.task_status as enum ('READY', 'CLAIMED', 'DONE', 'FAILED');
comment on type engine.task_status is 'Life of a task. The last two are terminal.';
