"""The databases themselves refuse to change or delete an event or a snapshot."""

from django.db import migrations

WORDS = "the register of needs is added to, never changed"
TABLES = ("peso_need_event", "peso_need_snapshot")
SQLITE = [
    f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table}"
    f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for table in TABLES
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"CREATE FUNCTION peso_need_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    *(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION peso_need_refuse()"
        for table in TABLES
    ),
]
BACK = {
    "sqlite": [
        f"DROP TRIGGER {table}_{verb}" for table in TABLES for verb in ("update", "delete")
    ],
    "postgresql": [
        *(f"DROP TRIGGER {table}_kept ON {table}" for table in TABLES),
        "DROP FUNCTION peso_need_refuse()",
    ],
}


def refuse(_apps, editor):
    for sql in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(sql, params=None)


def allow(_apps, editor):
    for sql in BACK[editor.connection.vendor]:
        editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
