"""The databases themselves refuse to change or delete a row of the audit."""

from django.db import migrations

WORDS = "the audit is added to, never changed"
SQLITE = [
    f"CREATE TRIGGER peso_change_{verb.lower()} BEFORE {verb} ON peso_change"
    f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"CREATE FUNCTION peso_change_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    "CREATE TRIGGER peso_change_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON peso_change"
    " FOR EACH STATEMENT EXECUTE FUNCTION peso_change_refuse()",
]
BACK = {
    "sqlite": ["DROP TRIGGER peso_change_update", "DROP TRIGGER peso_change_delete"],
    "postgresql": [
        "DROP TRIGGER peso_change_kept ON peso_change",
        "DROP FUNCTION peso_change_refuse()",
    ],
}


def refuse(_apps, editor):
    for sql in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(sql, params=None)


def allow(_apps, editor):
    for sql in BACK[editor.connection.vendor]:
        editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
