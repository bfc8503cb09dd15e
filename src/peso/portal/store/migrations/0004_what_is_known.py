"""What scans and inventories say of components; several workspaces side by side; upstream."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def forget_digests(apps: Any, editor: Any) -> None:
    """Let the next ingest read everything again, for there is more to keep of it now."""
    # Of the database that is migrated: a move migrates another one than the portal's own.
    sources = apps.get_model("store", "Source").objects.using(editor.connection.alias)
    sources.filter(kind="products", place="products").delete()
    sources.filter(kind__in=("ledger", "publication")).update(digest="")


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0003_indexes_and_generation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Workspace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True)),
                ('recipes', models.JSONField(default=list)),
            ],
            options={
                'db_table': 'peso_workspace',
                'ordering': ('name',),
            },
        ),
        migrations.AlterModelOptions(
            name='releasefinding',
            options={'ordering': ('rank', 'rule', 'subject')},
        ),
        migrations.AddField(
            model_name='coverage',
            name='known',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='coverage',
            name='name',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='coverage',
            name='product',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='coverage', to='store.product'),
        ),
        migrations.AddField(
            model_name='coverage',
            name='reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='product',
            name='listed',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='recipe',
            name='workspace',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='releasefinding',
            name='exploited',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='releasefinding',
            name='fixed',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='releasefinding',
            name='published',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='releasefinding',
            name='rank',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='stack',
            name='workspace',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='source',
            name='kind',
            field=models.CharField(choices=[('products', 'Products'), ('consortium', 'Consortium'), ('recipes', 'Recipes'), ('stack', 'Stack'), ('ledger', 'Ledger'), ('publication', 'Publication'), ('record', 'Record'), ('upstream', 'Upstream'), ('workspace', 'Workspace')], max_length=20),
        ),
        migrations.CreateModel(
            name='Upstream',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=1000)),
                ('name', models.CharField(db_index=True, max_length=200)),
                ('version', models.CharField(max_length=100)),
                ('as_of', models.DateField()),
                ('by', models.CharField(max_length=300)),
            ],
            options={
                'db_table': 'peso_upstream',
                'ordering': ('-as_of', 'place', 'name'),
                'constraints': [models.UniqueConstraint(fields=('place', 'name'), name='one_upstream')],
            },
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.CharField(max_length=200)),
                ('data', models.JSONField(default=dict)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='listings', to='store.product')),
            ],
            options={
                'db_table': 'peso_listing',
                'ordering': ('workspace',),
                'constraints': [models.UniqueConstraint(fields=('product', 'workspace'), name='one_listing')],
            },
        ),
        migrations.RunPython(forget_digests, migrations.RunPython.noop),
    ]
