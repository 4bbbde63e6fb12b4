"""The index for search; see chat/word_index.py for what its rows hold."""

from django.db import migrations


class Migration(migrations.Migration):
    """Makes the FTS5 table.

    It stores no text (`content=''`), no positions (`detail=none`) and no lengths
    (`columnsize=0`): search only asks which messages hold all the words.
    """

    dependencies = [("chat", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
            CREATE VIRTUAL TABLE message_words USING fts5(
                words, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '_'"
            )
            """,
            reverse_sql="DROP TABLE message_words",
        ),
    ]
